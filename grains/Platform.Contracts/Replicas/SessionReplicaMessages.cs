using System.Collections.Immutable;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Replicas;

/// <summary>When a session was last active.</summary>
[GenerateSerializer, Immutable, Alias("platform.SessionActivity")]
public readonly record struct SessionActivity([property: Id(0)] SessionId Id, [property: Id(1)] DateTimeOffset LastActivityAt);

/// <summary>What a silo tells a host that answers by replicas of its sessions.</summary>
[GenerateSerializer, Immutable, Alias("platform.SessionReplicaState")]
public abstract record SessionReplicaState;

/// <summary>A live session. Judged under the policy of its tenant, which was sent before.</summary>
[GenerateSerializer, Immutable, Alias("platform.ReplicatedSession")]
public sealed record ReplicatedSession : SessionReplicaState, ISessionOrigin
{
    [Id(0)] public required SessionId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }
    [Id(2)] public required UserId UserId { get; init; }
    [Id(3)] public required ImmutableArray<byte> SecretHash { get; init; }
    [Id(4)] public required TimeSpan AbsoluteTimeout { get; init; }
    [Id(5)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(6)] public required ImmutableArray<string> AuthenticationMethods { get; init; }
    [Id(7)] public required int TenantEpoch { get; init; }
    [Id(8)] public required SessionScope Scope { get; init; }
    [Id(9)] public required DateTimeOffset? SecondFactorAt { get; init; }
    [Id(10)] public required PageOrigin? Page { get; init; }
    [Id(11)] public required SessionSubject Subject { get; init; }
    [Id(12)] public required DateTimeOffset LastActivityAt { get; init; }
}

/// <summary>What a tenant decides about its sessions, as of now.</summary>
[GenerateSerializer, Immutable, Alias("platform.ReplicatedPolicy")]
public sealed record ReplicatedPolicy([property: Id(0)] TenantId Tenant, [property: Id(1)] TenantPolicySnapshot Policy) : SessionReplicaState;

/// <summary>Sessions that were active elsewhere.</summary>
[GenerateSerializer, Immutable, Alias("platform.ReplicatedActivity")]
public sealed record ReplicatedActivity([property: Id(0)] ImmutableArray<SessionActivity> Sessions) : SessionReplicaState;

/// <summary>What a host that answers by replicas tells the silo that owns the sessions.</summary>
[GenerateSerializer, Immutable, Alias("platform.SessionReplicaRequest")]
public sealed record SessionReplicaRequest
{
    /// <summary>Replicas that it asks for.</summary>
    [Id(0)] public ImmutableArray<SessionId> Wanted { get; init; } = [];

    /// <summary>Replicas that it has dropped.</summary>
    [Id(1)] public ImmutableArray<SessionId> Dropped { get; init; } = [];

    /// <summary>Number of the last change that it had applied before it said what it has dropped.</summary>
    [Id(3)] public long Processed { get; init; }

    /// <summary>Sessions that were active there, by the owner's clock.</summary>
    [Id(2)] public ImmutableArray<SessionActivity> Active { get; init; } = [];
}
