using Platform.Audit;

namespace Platform.Support;

/// <summary>Ends that nobody asks for, and what a crash left.</summary>
public sealed partial class SupportGrain
{
    private readonly HashSet<SupportGrantId> _doubtful = [];

    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await MendAsync(cancellationToken);
        await EndOverdueAsync(cancellationToken);
    }

    private async Task EndOverdueAsync(CancellationToken cancellationToken)
    {
        var now = Now();
        foreach (var over in Open.Where(grant => grant.IsOver(now))) await FinishAsync(over.AsOf(now), cancellationToken);
    }

    /// <summary>
    /// A row is written after its entry in the log and before the state. So an end that stands in the row is finished; any other difference is a change that was
    /// never answered, and the state holds.
    /// </summary>
    private async Task MendAsync(CancellationToken cancellationToken)
    {
        var rows = (await grants.ListOpenAsync(_tenant, cancellationToken)).ToDictionary(grant => grant.Id);
        foreach (var grant in Open)
        {
            if (rows.Remove(grant.Id, out var row))
            {
                if (row != grant) await grants.SaveAsync(grant, cancellationToken);
            }
            else if (await grants.FindAsync(grant.Id, cancellationToken) is { State: SupportGrantState.Ended } ended)
            {
                await FinishAsync(ended, cancellationToken);
            }
            else
            {
                await grants.SaveAsync(grant, cancellationToken);
            }
        }

        foreach (var stray in rows.Keys) await grants.RemoveAsync(stray, cancellationToken);
    }

    /// <summary>Writes one entry, however often it is begun.</summary>
    private async Task FinishAsync(SupportGrant ended, CancellationToken cancellationToken)
    {
        var entry = Ended(actor: null, ended);
        if (_doubtful.Contains(ended.Id) || !await IsToldAsync(entry, cancellationToken))
        {
            // Where the answer is lost, the log takes back by itself what is there after all (AuditLogGrain): then the entry is written again.
            _doubtful.Add(ended.Id);
            await audit.RecordAsync(_tenant, entry);
            _doubtful.Remove(ended.Id);
        }

        await SaveAsync(ended, cancellationToken);
    }

    /// <summary>Whether the latest that the log says of such an end is that it was so.</summary>
    private async Task<bool> IsToldAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        var filter = new AuditFilter { Target = entry.Target.Id, Action = entry.Action };
        AuditPosition? beyond = null;
        do
        {
            var found = await events.FindAsync(_tenant, filter, newestFirst: true, beyond, limit: 1, cancellationToken);
            if (found.Rows is [{ Link: var link }]) return link.Outcome == AuditOutcome.Success && link.Reason == entry.Reason;
            beyond = found.SearchedTo;
        }
        while (beyond is not null);
        return false;
    }
}
