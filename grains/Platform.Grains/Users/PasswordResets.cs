using System.Security.Cryptography;
using Platform.Audit;
using Platform.Clocks;
using Platform.Notifications;
using Platform.Security;

namespace Platform.Users;

/// <summary>Reset links: the user's state holds the hash of the latest one, nothing else opens the account.</summary>
internal sealed class PasswordResets(
    UserAccess access, UserPasswords passwords, UserNotifications notifications, MasterKey master, AuditLog audit, TimeProvider time)
{
    private const string NotSentReason = "not_sent";

    /// <inheritdoc cref="Internal.IUserGrainInternal.BeginResetAsync"/>
    public async Task<string?> BeginAsync(CommittedUser account, ClientInfo client, int epoch, CancellationToken cancellationToken)
    {
        if (account.Present is not { Status: UserStatus.Active } user) return NotSentReason;
        if (!await access.AllowsFromAsync(account.Id, user, client.Ip, cancellationToken)) return UserAuditEntries.AddressReason;
        var entry = AuditEntry.ByAnybody(AuditActions.UserPasswordResetRequested, UserAuditEntries.PartyOf(account.Id, user), client);
        return await SendLinkAsync(account, user, epoch, entry, cancellationToken) is null ? null : NotSentReason;
    }

    public async Task<Outcome> SendAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        var refusal = await access.RefuseManagementAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        if (account.Stored is { Status: UserStatus.Invited }) return InputErrors.Of(new InputError("", "user_invited", "The user has no password yet. Send the invitation again."));
        if (account.Stored is not { Status: UserStatus.Active } user) return InputErrors.Of(new InputError("", "user_disabled", "Enable the user first."));
        if (await access.FindEpochAsync(user, cancellationToken) is not { } epoch) return Refusal.NotFound;
        var entry = UserAuditEntries.By(actor, account.Id, user, AuditActions.UserPasswordResetRequested);
        return await SendLinkAsync(account, user, epoch, entry, cancellationToken) is { } wait ? new Outcome { Refusal = Refusal.TooManyAttempts, RetryAfter = wait } : Outcome.Done;
    }

    public async Task<Outcome> ResetAsync(CommittedUser account, PasswordReset reset, CancellationToken cancellationToken)
    {
        if (account.Present is not { Status: UserStatus.Active } user || !IsOpen(user, reset.SecretHash.AsSpan())) return Refusal.InvalidToken;
        var entry = AuditEntry.ByOwner(UserAuditEntries.PartyOf(account.Id, user), AuditActions.UserPasswordReset, reset.Client) with { Changes = [AuditChanges.Secret("/password")] };
        if (await access.FindEpochAsync(user, cancellationToken) is not { } epoch || epoch != user.ResetTenantEpoch) return Refusal.InvalidToken;
        if (!await access.AllowsFromAsync(account.Id, user, reset.Client?.Ip, cancellationToken))
        {
            // The link stays: whoever holds it may stand elsewhere, and its owner where the rules let people in.
            await audit.RecordAsync(user.TenantId, UserAuditEntries.Failed(entry with { Changes = [] }, UserAuditEntries.AddressReason));
            return Refusal.InvalidToken;
        }

        // The link went to the address, and its owner has used it.
        return await passwords.SetAsync(account, EmailRules.Verified(user), reset.NewPassword, entry, keep: null, cancellationToken);
    }

    /// <summary>Null: sent. Otherwise how long to wait for the next one.</summary>
    private async Task<TimeSpan?> SendLinkAsync(CommittedUser account, StoredUser user, int epoch, AuditEntry entry, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        user = await account.CorrectedAsync(user, now, cancellationToken);
        if (LinkBudget.Take(user.ResetLinksAt, now, out var wait) is not { } sent) return wait;
        var secret = RandomNumberGenerator.GetBytes(WaitingProofs.SecretSize);
        var next = user with
        {
            ResetSecretHash = [.. SHA256.HashData(secret)], ResetExpiresAt = now + WaitingProofs.LinkLifetime, ResetTenantEpoch = epoch, ResetLinksAt = sent,
        };
        await account.SaveAsync(next, [entry], cancellationToken);
        await notifications.NotifyAsync(
            account.Id,
            user,
            [
                new Mail(user.Email, NotificationTemplates.PasswordReset, ("token", PasswordResetToken.Seal(master, account.Id, secret))),
                .. EmailRules.Watching(user, now).Select(former => new Mail(former, NotificationTemplates.PasswordResetRequested)),
            ],
            cancellationToken);
        return null;
    }

    private bool IsOpen(StoredUser user, ReadOnlySpan<byte> secretHash) =>
        StoredTime.IsOpen(user.ResetExpiresAt, WaitingProofs.LinkLifetime, time.GetUtcNow())
        && CryptographicOperations.FixedTimeEquals(user.ResetSecretHash.AsSpan(), secretHash);
}
