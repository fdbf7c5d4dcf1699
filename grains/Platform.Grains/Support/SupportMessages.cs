using System.Xml;
using Platform.Notifications;
using Platform.Tenants;

namespace Platform.Support;

/// <summary>Messages to the managers of a tenant about a support grant.</summary>
internal sealed class SupportMessages(Notifier notifier, ManagerNotifications managers)
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
        var messages = await managers.ComposeAsync(tenant.Id, MaxTold, except: null, template, data, cancellationToken);
        return [.. messages.Select(message => message with { About = grant.OperatorId })];
    }

    /// <summary>On disk when this returns.</summary>
    public Task EnqueueAsync(IReadOnlyList<Notification> messages, CancellationToken cancellationToken) => notifier.EnqueueAsync(messages, cancellationToken);
}
