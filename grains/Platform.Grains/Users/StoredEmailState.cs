using System.Collections.Immutable;

namespace Platform.Users;

/// <summary>What is known of a user's address, and which one is to take its place (decision 106).</summary>
[GenerateSerializer, Immutable, Alias("platform.StoredEmailState")]
internal sealed record StoredEmailState
{
    public static readonly StoredEmailState None = new();

    /// <summary>Its owner has confirmed it, or has used a link that was sent to it.</summary>
    [Id(0)] public bool Verified { get; init; }

    /// <summary>Waits for its owner. Null: none does.</summary>
    [Id(1)] public StoredPendingEmail? Pending { get; init; }

    /// <summary>When confirmation links were sent within the last hour.</summary>
    [Id(2)] public ImmutableArray<DateTimeOffset> LinksAt { get; init; } = [];

    /// <summary>Replaced within the last seven days, oldest first.</summary>
    [Id(3)] public ImmutableArray<FormerEmail> Former { get; init; } = [];

    /// <summary>Prints no address.</summary>
    public override string ToString() => nameof(StoredEmailState);
}

[GenerateSerializer, Immutable, Alias("platform.StoredPendingEmail")]
internal sealed record StoredPendingEmail
{
    [Id(0)] public required string Address { get; init; }

    /// <summary>SHA-256 of the secret in the link.</summary>
    [Id(1)] public required ImmutableArray<byte> SecretHash { get; init; }
    [Id(2)] public required DateTimeOffset ExpiresAt { get; init; }

    /// <inheritdoc cref="StoredUser.ResetTenantEpoch"/>
    [Id(3)] public required int TenantEpoch { get; init; }

    /// <summary>Prints no address.</summary>
    public override string ToString() => nameof(StoredPendingEmail);
}
