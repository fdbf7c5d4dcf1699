using System.Collections.Immutable;

namespace Platform.Audit;

/// <summary>A call that waits for its entries to be on disk.</summary>
/// <param name="Entries">None: it waits for those before it.</param>
/// <param name="Closes">They are the last of this log.</param>
internal sealed record AuditCall(ImmutableArray<AuditEntry> Entries, bool Closes = false)
{
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What one commit writes.</summary>
internal sealed record AuditBatch(ImmutableArray<AuditEntry> Entries, List<AuditRow> Rows)
{
    public AuditHead Head => new(Rows[^1].Link.Sequence, Rows[^1].Hash);
}
