using Platform.Audit;
using Platform.Text;

namespace Platform.Support;

/// <summary>Entries for the tenant's access log about support grants, written before the change.</summary>
internal static class SupportAuditEntries
{
    public static AuditEntry Granted(Actor actor, SupportGrant grant) => By(
        actor,
        AuditActions.SupportGranted,
        grant,
        StateChange(before: null, grant.State),
        AuditChanges.Text("/ticket", null, grant.Ticket),
        AuditChanges.Text("/reason", null, grant.Reason),
        AuditChanges.Duration("/duration", null, grant.Duration),
        AuditChanges.Flag("/breakGlass", null, grant.BreakGlass)) with
    {
        Reason = grant.BreakGlass ? "break_glass" : grant.ApprovalWaived ? "approval_waived" : null,
    };

    public static AuditEntry Approved(Actor actor, SupportGrant grant) =>
        By(actor, AuditActions.SupportApproved, grant, StateChange(SupportGrantState.Requested, grant.State));

    public static AuditEntry Used(Actor actor, SupportGrant grant, SupportRead read) =>
        By(actor, AuditActions.SupportUsed, grant, AuditChanges.Text("/operation", null, read.Operation), AuditChanges.Text("/target", null, read.Target));

    /// <param name="actor">Null: it has ended by itself, or its end is logged after a crash; then without the name of who ended it.</param>
    /// <param name="grant">As it is now.</param>
    public static AuditEntry Ended(Actor? actor, SupportGrant grant)
    {
        var change = StateChange(grant.ActivatedAt is null ? SupportGrantState.Requested : SupportGrantState.Active, grant.State);
        var entry = actor is not null ? By(actor, AuditActions.SupportEnded, grant, change) : AuditEntry.BySystem(AuditActions.SupportEnded, PartyOf(grant)) with
        {
            Actor = grant.EndedBy is not { } by
                ? new AuditParty(AuditParties.System, Id: null)
                : new AuditParty(grant.EndReason == SupportGrantEnd.EndedByOperator ? AuditParties.Operator : AuditParties.User, by.ToString()),
            Changes = AuditChanges.Of(change),
        };
        return entry with { Reason = SnakeCase.Of(grant.EndReason) };
    }

    private static AuditEntry By(Actor actor, string action, SupportGrant grant, params ReadOnlySpan<AuditChange?> changes) =>
        AuditEntry.By(actor, action, PartyOf(grant), changes);

    private static AuditParty PartyOf(SupportGrant grant) => new(AuditParties.SupportGrant, grant.Id.ToString(), grant.Ticket);

    private static AuditChange? StateChange(SupportGrantState? before, SupportGrantState? after) => AuditChanges.Name("/state", before, after);
}
