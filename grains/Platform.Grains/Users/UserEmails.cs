using System.Security.Cryptography;
using Platform.Audit;
using Platform.Notifications;
using Platform.Security;

namespace Platform.Users;

/// <summary>Changes of a user's address. The old one is told before the new one can be confirmed, and once it is.</summary>
internal sealed class UserEmails(UserAccess access, UserPasswords passwords, UserNotifications notifications, MasterKey master, AuditLog audit, TimeProvider time)
{
    private const string Requested = "requested";
    private const string Confirmed = "confirmed";

    /// <summary>Null: nobody gets in to the tenant now.</summary>
    public async Task<EmailLink?> PrepareAsync(StoredUser user, CancellationToken cancellationToken) =>
        await access.FindEpochAsync(user, cancellationToken) is { } epoch
            ? new EmailLink(RandomNumberGenerator.GetBytes(WaitingProofs.SecretSize), epoch, time.GetUtcNow())
            : null;

    /// <summary>After the write. Link and notice come into the outbox together: nobody holds the one before the other is on its way. Nothing where no address waits for this link.</summary>
    public async Task SendAsync(CommittedUser account, StoredUser user, EmailLink link, bool byOwner, CancellationToken cancellationToken)
    {
        if (EmailRules.StateOf(user).Pending is not { } pending || !EmailRules.IsOpen(user, SHA256.HashData(link.Secret), link.Now)) return;
        await notifications.NotifyAsync(
            account.Id,
            user,
            [
                Notice(user.Email, Requested, pending.Address, byOwner ? "owner" : "manager", link.Now),
                new Mail(pending.Address, NotificationTemplates.EmailConfirmation, ("token", EmailConfirmationToken.Seal(master, account.Id, link.Secret))),
            ],
            cancellationToken);
    }

    /// <inheritdoc cref="IUserGrain.ChangeEmailAsync"/>
    public async Task<Outcome> ChangeOwnAsync(CommittedUser account, Actor actor, OwnEmailChange change, CancellationToken cancellationToken)
    {
        if (!UserAccount.IsSelf(account.Id, account.Present, actor)) return Refusal.NotFound;
        if (!EmailAddresses.IsValid(change.Email)) return InputErrors.Of(EmailAddresses.Invalid("/email"));
        var now = time.GetUtcNow();
        var user = await account.CorrectedAsync(account.Stored!, now, cancellationToken);
        if (user.Factors is { Any: true } && !UserAccount.IsFresh(actor.SecondFactorAt, now)) return Refusal.ReauthenticationRequired;
        var attempt = await passwords.VerifyAsync(account, user, change.Password, actor, AuditActions.UserUpdated, cancellationToken);
        if (attempt.Refusal != Refusal.None) return attempt.ToOutcome();

        if (await PrepareAsync(user, cancellationToken) is not { } link) return Refusal.NotFound;
        var requested = EmailRules.Request(user, change.Email, link);
        if (requested.Value is not { } next) return requested.ToRefused();
        if (ReferenceEquals(next, user)) return Outcome.Done;
        await account.SaveAsync(next, UserAuditEntries.Changed(actor, account.Id, user, next), cancellationToken);
        await SendAsync(account, next, link, byOwner: true, cancellationToken);
        return Outcome.Done;
    }

    /// <inheritdoc cref="IUserGrain.ConfirmEmailAsync"/>
    public async Task<Outcome> ConfirmAsync(CommittedUser account, EmailConfirmation confirmation, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (account.Present is not { Status: UserStatus.Active } user || !EmailRules.IsOpen(user, confirmation.SecretHash.AsSpan(), now)) return Refusal.InvalidToken;
        if (await access.FindEpochAsync(user, cancellationToken) is not { } epoch || epoch != EmailRules.StateOf(user).Pending!.TenantEpoch) return Refusal.InvalidToken;
        if (!await access.AllowsFromAsync(account.Id, user, confirmation.Client?.Ip, cancellationToken))
        {
            // The link stays, as a reset link does.
            var attempt = AuditEntry.ByOwner(UserAuditEntries.PartyOf(account.Id, user), AuditActions.UserUpdated, confirmation.Client);
            await audit.RecordAsync(user.TenantId, UserAuditEntries.Failed(attempt, UserAuditEntries.AddressReason));
            return Refusal.InvalidToken;
        }

        var confirmed = EmailRules.Confirm(account.Id, user, confirmation.Client, now);
        await account.SaveAsync(confirmed.Next, confirmed.Entries, cancellationToken);
        await notifications.NotifyAsync(account.Id, user, [Notice(user.Email, Confirmed, confirmed.Next.Email, by: null, now)], cancellationToken);
        return Outcome.Done;
    }

    /// <param name="to">The old address.</param>
    /// <param name="change">What became of it.</param>
    /// <param name="address">The new one, of which no more is told than its owner needs to know it again.</param>
    /// <param name="by">Who asked for it; null: whoever had the link.</param>
    /// <param name="at">When.</param>
    private static Mail Notice(string to, string change, string address, string? by, DateTimeOffset at)
    {
        (string, string)[] data =
        [
            ("change", change), ("newEmail", EmailAddresses.Mask(address)), ("at", Notifier.Print(at)),
        ];
        return new Mail(to, NotificationTemplates.EmailChanged, by is null ? data : [.. data, ("by", by)]);
    }
}
