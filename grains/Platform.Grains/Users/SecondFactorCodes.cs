using System.Globalization;
using Platform.Audit;
using Platform.Notifications;
using Platform.SecondFactors;
using Platform.SignIn;

namespace Platform.Users;

/// <summary>Codes that are sent, and wrong ones that are counted: what sign-in and the change of factors have in common.</summary>
internal sealed class SecondFactorCodes(UserNotifications notifications, FactorSecrets secrets, TimeProvider time)
{
    /// <summary>On disk before it is answered. The user is notified of the one that uses up the budget: whoever guesses knows the password.</summary>
    public async Task CountWrongAsync(CommittedUser account, StoredUser user, StoredChallenge? challenge, AuditEntry attempt, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var next = user.Factors!.WithWrongCode(challenge, now);
        await account.SaveAsync(user with { Factors = next }, [UserAuditEntries.Failed(attempt, UserAuditEntries.WrongCodeReason)], cancellationToken);
        if (next.Attempts.WaitFor(now) is null) return;
        await notifications.NotifyAsync(account.Id, user, NotificationTemplates.SecondFactorFailures, cancellationToken, ("ip", Networks.Of(attempt.Client?.Ip)));
    }

    public SentCode Seal(UserId id, string code, DateTimeOffset now) => new() { Code = secrets.SealCode(id, code), ExpiresAt = now + SecondFactorRules.SentCodeLifetime };

    public Task NotifyRecoveryCodeUsedAsync(UserId id, StoredUser user, StoredSecondFactors left, CancellationToken cancellationToken) => notifications.NotifyAsync(
        id, user, NotificationTemplates.RecoveryCodeUsed, cancellationToken, ("remaining", left.RecoveryCodes.Length.ToString(CultureInfo.InvariantCulture)));

    public static Outcome TooMany(TimeSpan wait) => new() { Refusal = Refusal.TooManyAttempts, RetryAfter = wait };
}
