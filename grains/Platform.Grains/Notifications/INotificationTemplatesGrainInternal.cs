using Orleans.Concurrency;

namespace Platform.Notifications;

/// <summary>What only silos ask of <see cref="INotificationTemplatesGrain"/>.</summary>
[Alias("platform.INotificationTemplatesGrainInternal")]
internal interface INotificationTemplatesGrainInternal : IGrainWithStringKey
{
    /// <summary>Null: the shipped one is in use.</summary>
    [Alias("Find"), AlwaysInterleave]
    Task<NotificationTemplateDraft?> FindAsync(string name, NotificationLanguage language, CancellationToken cancellationToken);

    /// <summary>The tenant is being deleted: its own texts go, with nothing in any log. It may have been done before.</summary>
    [Alias("Drop")]
    Task DropAsync(CancellationToken cancellationToken);
}

internal static class NotificationGrains
{
    public static INotificationTemplatesGrainInternal NotificationTemplatesInternal(this IGrainFactory grains, TenantId tenant) =>
        grains.GetGrain<INotificationTemplatesGrainInternal>(tenant.ToString());
}
