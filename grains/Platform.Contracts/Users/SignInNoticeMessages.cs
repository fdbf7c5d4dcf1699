using System.Collections.Immutable;

namespace Platform.Users;

/// <summary>What the holder of a link that ends a session presents.</summary>
/// <param name="SecretHash">Hash of the secret in the link's token.</param>
/// <param name="Client">Who presents it.</param>
[GenerateSerializer, Immutable, Alias("platform.SessionEndLink")]
public sealed record SessionEndLink([property: Id(0)] ImmutableArray<byte> SecretHash, [property: Id(1)] ClientInfo? Client);

/// <summary>A device or a network of which the account's sign-ins came.</summary>
/// <param name="Name">Of the device, or the network's block of addresses.</param>
/// <param name="LastAt">The last sign-in.</param>
[GenerateSerializer, Immutable, Alias("platform.SeenAtSignIn")]
public sealed record SeenAtSignIn([property: Id(0)] string Name, [property: Id(1)] DateTimeOffset LastAt)
{
    /// <summary>Prints neither.</summary>
    public override string ToString() => nameof(SeenAtSignIn);
}
