using Orleans.Concurrency;

namespace Platform.Audit;

[StatelessWorker, Reentrant]
internal sealed class RefusalLogGrain(AuditLog audit) : Grain, IRefusalLogGrain
{
    private const string ForbiddenReason = "forbidden";

    public Task ReportForbiddenAsync(Actor actor, string operation, CancellationToken cancellationToken)
    {
        var entry = AuditEntry.By(actor, AuditActions.SessionRefused, new AuditParty(AuditParties.Operation, operation)) with
        {
            Outcome = AuditOutcome.Failure, Reason = ForbiddenReason,
        };
        return audit.RecordAsync(actor.TenantId, entry);
    }
}
