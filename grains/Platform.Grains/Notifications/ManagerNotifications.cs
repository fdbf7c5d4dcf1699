using Platform.Internal;

namespace Platform.Notifications;

/// <summary>E-mails to those who can manage a tenant's users, about the tenant: the same to each.</summary>
internal sealed class ManagerNotifications(IGrainFactory grains, Notifier notifier)
{
    /// <summary>Not yet on disk.</summary>
    /// <param name="tenant">Whose managers.</param>
    /// <param name="limit">Nobody waits for more messages than this to be written.</param>
    /// <param name="except">Left out: gets another message.</param>
    /// <param name="template">One of <see cref="NotificationTemplates"/>.</param>
    /// <param name="data">What the template shows.</param>
    /// <param name="cancellationToken">Of the call.</param>
    internal async Task<List<Notification>> ComposeAsync(
        TenantId tenant, int limit, UserId? except, string template, (string Key, string Value)[] data, CancellationToken cancellationToken)
    {
        var messages = new List<Notification>();
        foreach (var manager in (await grains.TenantInternal(tenant).ListManagersAsync(cancellationToken)).Where(manager => manager != except).Take(limit))
        {
            if (await grains.UserInternal(manager).FindContactAsync(cancellationToken) is { } contact) messages.Add(notifier.Compose(NotificationChannel.Email, tenant, manager, contact.Email, template, data));
        }

        return messages;
    }
}
