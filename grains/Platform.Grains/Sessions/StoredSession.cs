using System.Collections.Immutable;
using Platform.Snippets;
using Platform.State;

namespace Platform.Sessions;

/// <summary>A session in storage. Holds a hash of the secret, never the secret; activity stands in its own table.</summary>
[GenerateSerializer, Immutable, Alias("platform.StoredSession")]
internal sealed record StoredSession : IPersonalState, ISessionOrigin
{
    [Id(0)] public TenantId TenantId { get; init; }
    [Id(1)] public UserId UserId { get; init; }

    /// <summary>SHA-256 of the secret.</summary>
    [Id(2)] public ImmutableArray<byte> SecretHash { get; init; } = [];
    [Id(3)] public TimeSpan IdleTimeout { get; init; }
    [Id(4)] public TimeSpan AbsoluteTimeout { get; init; }
    [Id(5)] public DateTimeOffset CreatedAt { get; init; }
    [Id(6)] public ImmutableArray<string> AuthenticationMethods { get; init => field = AuthenticationMethodLists.Shared(value); } = [];

    /// <summary>A tombstone: ended before its time. Kept so that a late answer can only ever refuse.</summary>
    [Id(7)] public DateTimeOffset? EndedAt { get; init; }
    [Id(8)] public SessionState EndReason { get; init; }
    [Id(9)] public SessionScope Scope { get; init; }
    [Id(10)] public DateTimeOffset? SecondFactorAt { get; init; }

    /// <inheritdoc cref="Tenants.TenantPolicySnapshot.Epoch"/>
    [Id(20)] public int TenantEpoch { get; init; }

    /// <inheritdoc cref="SessionView.Page"/>
    [Id(40)] public PageOrigin? Page { get; init; }

    UserId? IPersonalState.Subject => UserId;
}
