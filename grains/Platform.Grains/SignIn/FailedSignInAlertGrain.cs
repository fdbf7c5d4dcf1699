using Microsoft.Extensions.Logging;
using Platform.Internal;
using Platform.Notifications;
using Platform.Tenants;

namespace Platform.SignIn;

/// <summary>Finds out whom to tell: the user, and up to twenty of those who manage the tenant's users. For accounts that do not exist, nobody.</summary>
internal sealed partial class FailedSignInAlertGrain(Notifier notifier, ManagerNotifications managers, ILogger<FailedSignInAlertGrain> logger) : Grain, IFailedSignInAlertGrain
{
    private const int MaxManagers = 20;

    /// <summary>The last one that was sent. Failures that come while it is being written raise the same one again.</summary>
    private DateTimeOffset? _sent;

    public async Task RaiseAsync(string network, DateTimeOffset since)
    {
        try
        {
            if (_sent != since
                && SignInAccounts.TryParse(this.GetPrimaryKeyString(), out var tenant, out var blindIndex)
                && await GrainFactory.UserName(tenant, blindIndex).FindAsync(default) is { } user
                && await GrainFactory.UserInternal(user).FindContactAsync(default) is { } contact
                && await GrainFactory.TenantInternal(tenant).FindAsync(default) is { } owner)
            {
                await notifier.EnqueueAsync(await ComposeAsync(owner, user, contact, network), default);
            }

            _sent = since;
            await GrainFactory.SignInThrottle(this.GetPrimaryKeyString()).NotifiedAsync(default);
        }
        catch (Exception failure)
        {
            // Nobody waits for this call; it stays due and the next attempt raises it again.
            NotRaised(logger, failure);
        }
    }

    private async Task<IReadOnlyList<Notification>> ComposeAsync(TenantView tenant, UserId user, UserContact contact, string network)
    {
        (string, string)[] data = [("tenant", tenant.Slug), ("username", contact.Username), ("ip", network)];
        var messages = await managers.ComposeAsync(tenant.Id, MaxManagers, except: user, NotificationTemplates.SignInFailuresOfUser, data, default);
        return
        [
            notifier.Compose(NotificationChannel.Email, tenant.Id, user, contact.Email, NotificationTemplates.SignInFailures, data),
            .. messages.Select(message => message with { About = user }),
        ];
    }

    [LoggerMessage(EventName = "FailedSignInAlertNotRaised", Level = LogLevel.Warning, Message = "The notification about repeated sign-in failures could not be written yet")]
    private static partial void NotRaised(ILogger logger, Exception failure);
}
