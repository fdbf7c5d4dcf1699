using System.Xml;
using Platform.Audit;
using Platform.Notifications;
using Platform.Tenants;
using Platform.Text;
using Platform.Users;

namespace Platform.Support;

/// <summary>Entries for the tenant's access log and messages to its managers; both are written before the change itself.</summary>
public sealed partial class SupportGrain
{
    /// <summary>Nobody waits for more messages than this to be written; every tenant but the largest has fewer managers.</summary>
    private const int MaxTold = 50;

    private static AuditEntry Granted(Actor actor, SupportGrant grant) => By(
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

    private static AuditEntry Approved(Actor actor, SupportGrant grant) =>
        By(actor, AuditActions.SupportApproved, grant, StateChange(SupportGrantState.Requested, grant.State));

    private static AuditEntry Used(Actor actor, SupportGrant grant, SupportRead read) =>
        By(actor, AuditActions.SupportUsed, grant, AuditChanges.Text("/operation", null, read.Operation), AuditChanges.Text("/target", null, read.Target));

    /// <param name="actor">Null: it has ended by itself, or its end is logged after a crash; then without the name of who ended it.</param>
    /// <param name="grant">As it is now.</param>
    private static AuditEntry Ended(Actor? actor, SupportGrant grant)
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

    private async Task<IReadOnlyList<Notification>> ComposeAsync(Actor actor, TenantView tenant, SupportGrant grant, CancellationToken cancellationToken)
    {
        (string, string)[] data =
        [
            ("tenant", tenant.Slug), ("operator", actor.Username ?? ""), ("ticket", grant.Ticket), ("reason", grant.Reason),
            ("duration", XmlConvert.ToString(grant.Duration)), ("grant", grant.Id.ToString()),
        ];
        var template = grant.BreakGlass ? NotificationTemplates.SupportBreakGlass
            : grant.ApprovalWaived ? NotificationTemplates.SupportStarted : NotificationTemplates.SupportRequested;
        var contacts = await managers.ListAsync(_tenant, MaxTold, except: null, cancellationToken);
        return [.. contacts.Select(manager => notifier.Compose(NotificationChannel.Email, manager.User, manager.Email, template, data) with { About = grant.OperatorId })];
    }
}
