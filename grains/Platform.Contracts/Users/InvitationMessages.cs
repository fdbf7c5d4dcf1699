using System.Collections.Immutable;

namespace Platform.Users;

/// <summary>What the holder of an invitation presents.</summary>
[GenerateSerializer, Immutable, Alias("platform.InvitationAcceptance")]
public sealed record InvitationAcceptance
{
    /// <summary>Hash of the secret in the link's token.</summary>
    [Id(0)] public required ImmutableArray<byte> SecretHash { get; init; }

    /// <summary>The account's first one.</summary>
    [Id(1)] public required string Password { get; init; }
    [Id(2)] public required ClientInfo? Client { get; init; }

    /// <summary>Prints neither.</summary>
    public override string ToString() => nameof(InvitationAcceptance);
}
