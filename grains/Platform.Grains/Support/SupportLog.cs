using Platform.Audit;

namespace Platform.Support;

/// <summary>Writes the life of support grants to the tenant's access log.</summary>
internal sealed class SupportLog(AuditEventTable events)
{
    /// <summary>Whether the latest that the log says of such an end is that it was so.</summary>
    public async Task<bool> TellsOfAsync(TenantId tenant, AuditEntry entry, CancellationToken cancellationToken)
    {
        var filter = new AuditFilter { Target = entry.Target.Id, Action = entry.Action };
        AuditPosition? beyond = null;
        do
        {
            var found = await events.FindAsync(tenant, filter, newestFirst: true, beyond, limit: 1, cancellationToken);
            if (found.Rows is [{ Link: var link }]) return link.Outcome == AuditOutcome.Success && link.Reason == entry.Reason;
            beyond = found.SearchedTo;
        }
        while (beyond is not null);
        return false;
    }
}
