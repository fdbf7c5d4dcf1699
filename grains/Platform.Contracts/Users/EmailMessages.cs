using System.Collections.Immutable;

namespace Platform.Users;

/// <summary>A new address of one's own, with the present password.</summary>
[GenerateSerializer, Immutable, Alias("platform.OwnEmailChange")]
public sealed record OwnEmailChange([property: Id(0)] string Email, [property: Id(1)] string Password)
{
    /// <summary>Prints neither.</summary>
    public override string ToString() => nameof(OwnEmailChange);
}

/// <summary>What the holder of a confirmation link presents.</summary>
/// <param name="SecretHash">Hash of the secret in the link's token.</param>
/// <param name="Client">Who presents it.</param>
[GenerateSerializer, Immutable, Alias("platform.EmailConfirmation")]
public sealed record EmailConfirmation([property: Id(0)] ImmutableArray<byte> SecretHash, [property: Id(1)] ClientInfo? Client);

/// <summary>An address that another one has replaced.</summary>
[GenerateSerializer, Immutable, Alias("platform.FormerEmail")]
public sealed record FormerEmail([property: Id(0)] string Address, [property: Id(1)] DateTimeOffset ReplacedAt)
{
    /// <summary>Prints no address.</summary>
    public override string ToString() => nameof(FormerEmail);
}
