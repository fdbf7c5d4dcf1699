using System.Collections.Immutable;

namespace Platform.Users;

/// <summary>What waits for the owner of an account that has no password yet (decision 99).</summary>
[GenerateSerializer, Immutable, Alias("platform.StoredInvitation")]
internal sealed record StoredInvitation
{
    public static readonly StoredInvitation None = new();

    /// <summary>SHA-256 of the secret in the latest link; empty when none is good.</summary>
    [Id(0)] public ImmutableArray<byte> SecretHash { get; init; } = [];
    [Id(1)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <inheritdoc cref="StoredUser.ResetTenantEpoch"/>
    [Id(2)] public int TenantEpoch { get; init; }

    /// <summary>When links were sent within the last hour.</summary>
    [Id(3)] public ImmutableArray<DateTimeOffset> LinksAt { get; init; } = [];
}
