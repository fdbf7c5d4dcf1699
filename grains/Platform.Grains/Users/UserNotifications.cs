using Platform.Notifications;

namespace Platform.Users;

/// <summary>An e-mail about an account.</summary>
/// <param name="To">Address.</param>
/// <param name="Template">One of <see cref="NotificationTemplates"/>.</param>
/// <param name="More">Data beside tenant and name.</param>
internal sealed record Mail(string To, string Template, params (string Key, string Value)[] More)
{
    /// <summary>Prints no address.</summary>
    public override string ToString() => $"Mail {{ Template = {Template} }}";
}

/// <summary>Messages to a user about the account. On disk when a call returns.</summary>
internal sealed class UserNotifications(UserAccess access, Notifier notifier)
{
    public Task NotifyAsync(UserId id, StoredUser user, string template, CancellationToken cancellationToken, params (string Key, string Value)[] more) =>
        NotifyAsync(id, user, [new Mail(user.Email, template, more)], cancellationToken);

    /// <summary>All of them or none.</summary>
    public async Task NotifyAsync(UserId id, StoredUser user, IReadOnlyList<Mail> mails, CancellationToken cancellationToken)
    {
        var tenant = await access.FindTenantAsync(user.TenantId, cancellationToken);
        await notifier.EnqueueAsync(
            [.. mails.Select(mail => notifier.Compose(NotificationChannel.Email, user.TenantId, id, mail.To, mail.Template, [("tenant", tenant?.Slug ?? ""), ("username", user.Username), .. mail.More]))],
            cancellationToken);
    }

    public async Task SendCodeAsync(UserId id, StoredUser user, string number, string template, string code, CancellationToken cancellationToken)
    {
        var tenant = await access.FindTenantAsync(user.TenantId, cancellationToken);
        var message = notifier.Compose(NotificationChannel.Sms, user.TenantId, id, number, template, ("tenant", tenant?.Slug ?? ""), ("code", code));
        await notifier.EnqueueAsync([message], cancellationToken);
    }
}
