namespace Platform.Audit;

/// <summary>An event as it lies in the table. Sections are sealed under data keys; null where the subject's key was destroyed before.</summary>
public sealed record AuditRow(AuditChainEntry Link, byte[]? ActorSealed, byte[]? TargetSealed, byte[] Hash);

/// <summary>The last event of a tenant's log; <see cref="Sequence"/> 0 and the genesis hash where there is none.</summary>
public sealed record AuditHead(long Sequence, ReadOnlyMemory<byte> Hash)
{
    public static readonly AuditHead Empty = new(0, AuditChainEntry.Genesis);
}

/// <summary>Where a list in order of time goes on. The sequence tells events of the same moment apart.</summary>
public readonly record struct AuditPosition(long Ticks, long Sequence);

/// <param name="Rows">What was found, in order.</param>
/// <param name="SearchedTo">The search went no further than here, although it found fewer than wanted; null where it came to the end or found enough.</param>
public sealed record AuditMatches(IReadOnlyList<AuditRow> Rows, AuditPosition? SearchedTo);

/// <summary>The tables of events and checkpoints: rows are added and read, never changed.</summary>
public interface IAuditEvents
{
    const int SearchWindow = 5_000;

    Task<AuditHead> FindHeadAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>All of them or none, on disk when this returns.</summary>
    /// <exception cref="InvalidOperationException">A sequence number is taken: another activation writes this log. Nothing was written.</exception>
    Task AppendAsync(IReadOnlyList<AuditRow> rows, AuditCheckpoint? checkpoint, CancellationToken cancellationToken);

    /// <summary>By sequence, after <paramref name="after"/> up to and including <paramref name="upTo"/>.</summary>
    Task<IReadOnlyList<AuditRow>> ReadAsync(TenantId tenant, long after, long upTo, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// In order of time, newest or oldest first, beyond <paramref name="beyond"/>. Of a filter with several conditions one chooses the events that are looked
    /// at, <see cref="SearchWindow"/> of them at most: what a call costs does not grow with the log, however rare a match is.
    /// </summary>
    Task<AuditMatches> FindAsync(
        TenantId tenant, AuditFilter filter, bool newestFirst, AuditPosition? beyond, int limit, CancellationToken cancellationToken);

    /// <summary>Events by this user or about it, newest first.</summary>
    Task<IReadOnlyList<AuditRow>> FindOfUserAsync(TenantId tenant, UserId user, AuditPosition? beyond, int limit, CancellationToken cancellationToken);

    /// <summary>By sequence, after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<AuditCheckpoint>> ReadCheckpointsAsync(TenantId tenant, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Up to where events have been dropped from the front; the one after it is the first that must be there. Null: none were.</summary>
    Task<AuditHead?> FindFloorAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Whether an event after <paramref name="after"/> up to <paramref name="upTo"/> is not older than <paramref name="time"/>.</summary>
    Task<bool> HasSinceAsync(TenantId tenant, long after, long upTo, DateTimeOffset time, CancellationToken cancellationToken);

    /// <summary>Drops the events up to a checkpoint, all of them or none. The database refuses what is too young, and the last event.</summary>
    Task TrimAsync(AuditCheckpoint upTo, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The one with the highest sequence.</summary>
    Task<AuditCheckpoint?> FindLastCheckpointAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Nothing happens where this sequence has one.</summary>
    Task AddCheckpointAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken);
}
