namespace Platform.Audit;

/// <summary>An event as it lies in the table. Sections are sealed under data keys; null where the subject's key was destroyed before.</summary>
internal sealed record AuditRow(AuditChainEntry Link, byte[]? ActorSealed, byte[]? TargetSealed, byte[] Hash);

/// <summary>The last event of a tenant's log; <see cref="Sequence"/> 0 and the genesis hash where there is none.</summary>
internal sealed record AuditHead(long Sequence, ReadOnlyMemory<byte> Hash)
{
    public static readonly AuditHead Empty = new(0, AuditChainEntry.Genesis);
}

/// <summary>Position in a list in order of time. The sequence distinguishes events of the same moment.</summary>
internal readonly record struct AuditPosition(long Ticks, long Sequence);

/// <param name="Rows">What was found, in order.</param>
/// <param name="SearchedTo">The search went no further than here, although it found fewer than wanted; null where it came to the end or found enough.</param>
internal sealed record AuditMatches(IReadOnlyList<AuditRow> Rows, AuditPosition? SearchedTo);
