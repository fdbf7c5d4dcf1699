using System.Xml;
using Platform.Notifications;
using Platform.Tenants;

namespace Platform.Support;

/// <summary>Messages to the managers of a tenant about a support grant.</summary>
internal sealed class SupportMessages(Notifier notifier, ManagerContacts managers)
{
    /// <summary>Nobody waits for more messages than this to be written; every tenant but the largest has fewer managers.</summary>
    private const int MaxTold = 50;

    /// <param name="actor">The operator.</param>
    /// <param name="tenant">Whose data it is about.</param>
    /// <param name="grant">As it is to be saved.</param>
    public async Task<IReadOnlyList<Notification>> ComposeAsync(Actor actor, TenantView tenant, SupportGrant grant, CancellationToken cancellationToken)
    {
        (string, string)[] data =
        [
            ("tenant", tenant.Slug), ("operator", actor.Username ?? ""), ("ticket", grant.Ticket), ("reason", grant.Reason),
            ("duration", XmlConvert.ToString(grant.Duration)), ("grant", grant.Id.ToString()),
        ];
        var template = grant.BreakGlass ? NotificationTemplates.SupportBreakGlass
            : grant.ApprovalWaived ? NotificationTemplates.SupportStarted : NotificationTemplates.SupportRequested;
        var contacts = await managers.ListAsync(tenant.Id, MaxTold, except: null, cancellationToken);
        return [.. contacts.Select(manager => notifier.Compose(NotificationChannel.Email, manager.User, manager.Email, template, data) with { About = grant.OperatorId })];
    }

    /// <summary>On disk when this returns.</summary>
    public Task EnqueueAsync(IReadOnlyList<Notification> messages, CancellationToken cancellationToken) => notifier.EnqueueAsync(messages, cancellationToken);
}
