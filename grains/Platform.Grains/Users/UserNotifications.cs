using Platform.Notifications;

namespace Platform.Users;

/// <summary>Messages to a user about the account. On disk when a call returns.</summary>
internal sealed class UserNotifications(UserAccess access, Notifier notifier)
{
    public async Task NotifyAsync(UserId id, StoredUser user, string template, CancellationToken cancellationToken, params (string Key, string Value)[] more)
    {
        var tenant = await access.FindTenantAsync(user.TenantId, cancellationToken);
        var message = notifier.Compose(NotificationChannel.Email, id, user.Email, template, [("tenant", tenant?.Slug ?? ""), ("username", user.Username), .. more]);
        await notifier.EnqueueAsync([message], cancellationToken);
    }

    public async Task SendCodeAsync(UserId id, StoredUser user, string number, string template, string code, CancellationToken cancellationToken)
    {
        var tenant = await access.FindTenantAsync(user.TenantId, cancellationToken);
        var message = notifier.Compose(NotificationChannel.Sms, id, number, template, ("tenant", tenant?.Slug ?? ""), ("code", code));
        await notifier.EnqueueAsync([message], cancellationToken);
    }
}
