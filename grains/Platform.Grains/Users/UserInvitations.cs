using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.Security;

namespace Platform.Users;

/// <summary>Invitations: sent with the account and again, withdrawn, accepted. Nobody but the owner of the address learns or chooses the password.</summary>
internal sealed class UserInvitations(
    UserAccess access, UserPasswords passwords, UserNotifications notifications, MasterKey master, AuditLog audit, IGrainFactory grains, TimeProvider time)
{
    /// <summary>The first link, after the account is written; and another one if the creation is repeated, because nobody knows whether the first was sent. Nothing where it cannot be: managers see that none waits.</summary>
    public async Task<UserView> SendFirstAsync(CommittedUser account, CancellationToken cancellationToken)
    {
        await SendLinkAsync(account, [], cancellationToken);
        return UserAccount.ViewOf(account.Id, account.Stored!);
    }

    /// <inheritdoc cref="IUserGrain.SendInvitationAsync"/>
    public async Task<Outcome> SendAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        var refusal = await access.RefuseManagementAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        return await SendLinkAsync(account, [UserAuditEntries.By(actor, account.Id, account.Stored!, AuditActions.UserUpdated, AuditChanges.Secret("/invitation"))], cancellationToken);
    }

    /// <inheritdoc cref="IUserGrain.WithdrawInvitationAsync"/>
    public async Task<Outcome> WithdrawAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        var refusal = await access.RefuseManagementAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        var user = account.Stored!;
        if (user.Status != UserStatus.Invited) return InvitationRules.NotInvited;
        var next = InvitationRules.WithoutLink(user);
        if (ReferenceEquals(next, user)) return Outcome.Done;
        var change = AuditChanges.Time("/invitationExpiresAt", user.Invitation!.ExpiresAt, null);
        await account.SaveAsync(next, [UserAuditEntries.By(actor, account.Id, user, AuditActions.UserUpdated, change)], cancellationToken);
        return Outcome.Done;
    }

    /// <inheritdoc cref="IUserGrain.AcceptInvitationAsync"/>
    public async Task<Outcome> AcceptAsync(CommittedUser account, InvitationAcceptance acceptance, CancellationToken cancellationToken)
    {
        if (account.Present is not { } user || !InvitationRules.IsOpen(user, acceptance.SecretHash.AsSpan(), time.GetUtcNow())) return Refusal.InvalidToken;
        if (await access.FindEpochAsync(user, cancellationToken) is not { } epoch || epoch != user.Invitation!.TenantEpoch) return Refusal.InvalidToken;
        var accepted = InvitationRules.Accept(user);
        var entry = UserAuditEntries.Accepted(account.Id, user, accepted, acceptance.Client);
        if (!await access.AllowsFromAsync(account.Id, user, acceptance.Client?.Ip, cancellationToken))
        {
            // The link stays, as a reset link does.
            await audit.RecordAsync(user.TenantId, UserAuditEntries.Failed(entry with { Changes = [] }, UserAuditEntries.AddressReason));
            return Refusal.InvalidToken;
        }

        var set = await passwords.SetAsync(account, accepted, acceptance.Password, entry, keep: null, cancellationToken, "/password");
        if (set.Succeeded) await grains.TenantInternal(user.TenantId).CommitEligibilityChangeAsync(account.Id, UserAccount.EligibilityOf(account.Stored!), cancellationToken);
        return set;
    }

    private async Task<Outcome> SendLinkAsync(CommittedUser account, ImmutableArray<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var user = await account.CorrectedAsync(account.Stored!, now, cancellationToken);
        if (await access.FindEpochAsync(user, cancellationToken) is not { } epoch) return Refusal.NotFound;
        var link = new EmailLink(RandomNumberGenerator.GetBytes(WaitingProofs.SecretSize), epoch, now);
        var invited = InvitationRules.Invite(user, link);
        if (invited.Value is not { } next) return invited.ToRefused();
        await account.SaveAsync(next, entries, cancellationToken);
        await notifications.NotifyAsync(account.Id, next, NotificationTemplates.Invitation, cancellationToken, ("token", InvitationToken.Seal(master, account.Id, link.Secret)));
        return Outcome.Done;
    }
}
