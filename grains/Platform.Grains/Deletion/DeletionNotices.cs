using Platform.Notifications;
using Platform.Tenants;

namespace Platform.Deletion;

/// <summary>Messages to the managers of a tenant about its deletion. On disk when a call returns.</summary>
internal sealed class DeletionNotices(ManagerNotifications managers, Notifier notifier)
{
    /// <summary>Nobody waits for more messages than this to be written; every tenant but the largest has fewer managers.</summary>
    private const int MaxTold = 50;

    /// <param name="tenant">As it is now.</param>
    /// <param name="template">One of <see cref="NotificationTemplates"/>.</param>
    /// <param name="deletesAt">When it goes; null: it stays.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public async Task TellAsync(TenantView tenant, string template, DateTimeOffset? deletesAt, CancellationToken cancellationToken)
    {
        (string, string)[] data = deletesAt is { } at ? [("tenant", tenant.Slug), ("deletesAt", Notifier.Print(at))] : [("tenant", tenant.Slug)];
        await notifier.EnqueueAsync(await managers.ComposeAsync(tenant.Id, MaxTold, except: null, template, data, cancellationToken), cancellationToken);
    }
}
