using System.Collections.Immutable;

namespace Platform.Deletion;

/// <summary>
/// The deletion of a tenant and, once it is complete, the signed statement of it: when it was asked for and by whom, how much there was, and where the tenant's access log ended. Signed like a checkpoint
/// of the log, with the same keys, so that it can be checked without the platform. Nothing personal is in it.
/// </summary>
[GenerateSerializer, Immutable, Alias("platform.TenantDeletionView")]
public sealed record TenantDeletionView
{
    [Id(0)] public required TenantId TenantId { get; init; }
    [Id(1)] public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>An operator.</summary>
    [Id(2)] public required UserId RequestedBy { get; init; }
    [Id(3)] public required DateTimeOffset DeletesAt { get; init; }

    /// <summary>How much there was of each kind when the deletion began; empty before.</summary>
    [Id(4)] public ImmutableSortedDictionary<string, long> Counts { get; init; } = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>Null before; then the members below are absent, too.</summary>
    [Id(5)] public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The event <c>tenant.deleted</c>, the last one of the tenant's log.</summary>
    [Id(6)] public long? LogSequence { get; init; }
    [Id(7)] public ImmutableArray<byte>? LogHash { get; init; }
    [Id(8)] public string? KeyId { get; init; }
    [Id(9)] public ImmutableArray<byte>? Signature { get; init; }

    public bool IsComplete => CompletedAt is not null;
}
