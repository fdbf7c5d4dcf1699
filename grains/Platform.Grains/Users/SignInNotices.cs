using System.Security.Cryptography;
using Platform.Notifications;
using Platform.Security;

namespace Platform.Users;

/// <summary>Tells a user of a sign-in with a new device or from a new network. The link in it ends that session, and nobody signs in with it.</summary>
internal sealed class SignInNotices(UserNotifications notifications, MasterKey master)
{
    /// <summary>On disk before the session is: no crash lets one live that was not told of. If it does not come to be, the link is good for nothing.</summary>
    /// <returns>Hash of the secret in the link, in hex.</returns>
    public async Task<string> TellAsync(UserId id, StoredUser user, ClientInfo client, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetBytes(WaitingProofs.SecretSize);
        await notifications.NotifyAsync(
            id,
            user,
            NotificationTemplates.NewSignIn,
            cancellationToken,
            ("device", SignInHistory.DeviceOf(client)),
            ("ip", client.Ip ?? "unknown"),
            ("at", Notifier.Print(now)),
            ("token", SessionEndToken.Seal(master, id, secret)));
        return Convert.ToHexStringLower(SHA256.HashData(secret));
    }
}
