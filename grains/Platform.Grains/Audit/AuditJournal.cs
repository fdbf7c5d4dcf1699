using System.Collections.Immutable;
using Platform.Journal;

namespace Platform.Audit;

/// <summary>What of an event goes into the journal of endings, which outlives erasure: ids and values that a restore carries out, never names, addresses or secrets.</summary>
internal sealed class AuditJournal(EndingJournal journal, TimeProvider time)
{
    /// <summary>Of these the journal has the values.</summary>
    private static readonly string[] Values =
    [
        "/status", "/role", "/permissions", "/secondFactor", "/deletesAt", "/requireSecondFactor", "/supportApproval", "/sessionPolicy/idleTimeout", "/sessionPolicy/absoluteTimeout",
    ];

    /// <summary>Of these it says only that they have changed.</summary>
    private static readonly string[] Paths = ["/password", "/recoveryCodes", "/email"];

    /// <summary>Before the table has them: after a crash the journal may know of an event that is in no log, never the other way round.</summary>
    /// <exception cref="StorageUnavailableException">They must not get into the table.</exception>
    public Task AppendAsync(IReadOnlyList<AuditEntry> entries, IReadOnlyList<AuditRow> rows) => journal.IsOn ? journal.AppendAsync([.. entries.Zip(rows, Of)]) : Task.CompletedTask;

    /// <summary>The table does not have them.</summary>
    public Task WithdrawAsync(IReadOnlyList<AuditRow> rows) =>
        journal.IsOn ? journal.AppendAsync([new JournalWithdrawn { At = time.GetUtcNow(), Hashes = [.. rows.Select(row => Convert.ToHexStringLower(row.Hash))] }]) : Task.CompletedTask;

    private static JournalEvent Of(AuditEntry entry, AuditRow row) => new()
    {
        At = row.Link.Time,
        Tenant = row.Link.TenantId,
        Sequence = row.Link.Sequence,
        Previous = Convert.ToHexStringLower(row.Link.PreviousHash.Span),
        Hash = Convert.ToHexStringLower(row.Hash),
        Action = row.Link.Action,
        Outcome = row.Link.Outcome,
        Reason = row.Link.Reason,
        Actor = row.Link.ActorId,
        Target = row.Link.TargetId,
        Trace = row.Link.TraceId,
        Changes = Of(entry.Changes),
    };

    private static ImmutableArray<JournalChange> Of(ImmutableArray<AuditChange> changes) => changes.IsDefaultOrEmpty ? [] :
    [
        .. changes.Where(change => Values.Contains(change.Path) || Paths.Contains(change.Path))
            .Select(change => Values.Contains(change.Path) ? new JournalChange(change.Path, change.Before, change.After) : new JournalChange(change.Path, null, null)),
    ];
}
