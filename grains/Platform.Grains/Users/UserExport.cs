using Platform.Audit;
using Platform.Privacy;
using Platform.SecondFactors;

namespace Platform.Users;

/// <summary>What the user's own grain gives to an export (row PRIVACY). The log says it first.</summary>
internal sealed class UserExport(UserAccess access, FactorSecrets secrets, AuditLog audit, TimeProvider time)
{
    public async Task<Outcome<UserRecord>> BeginAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        var id = account.Id;
        var refusal = actor.UserId == id ? RefuseOwn(account, actor) : await access.RefuseManagementAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        var user = account.Stored!;
        await audit.RecordAsync(user.TenantId, [UserAuditEntries.By(actor, id, user, AuditActions.UserExported)]);
        var factors = UserAccount.FactorsOf(user);
        return new UserRecord
        {
            User = UserAccount.ViewOf(id, user) with { Permissions = (await access.RolesAsync(user.TenantId, cancellationToken)).Of(user.Role, user.Permissions) },
            Totp = factors.Totp is not null,
            TotpSince = factors.Totp is null ? null : factors.TotpSince,
            Phone = factors.Phone is { } phone ? secrets.OpenPhone(id, phone) : null,
            PhoneSince = factors.Phone is null ? null : factors.PhoneSince,
            UnconfirmedPhone = factors.PendingPhone is { } pending ? secrets.OpenPhone(id, pending.Number) : null,
            RecoveryCodesRemaining = factors.RecoveryCodes.Length,
            TextMessagesAt = factors.MessagesAt,
            ResetLinksAt = user.ResetLinksAt,
            ConfirmationLinksAt = EmailRules.StateOf(user).LinksAt,
            FormerEmails = EmailRules.StateOf(user).Former,
            Devices = user.SignIns?.Devices ?? [],
            Networks = user.SignIns?.Networks ?? [],
            SignInNoticesAt = user.SignIns?.NoticesAt ?? [],
            InvitationsAt = user.Invitation?.LinksAt ?? [],
        };
    }

    /// <summary>A stolen session that is no longer fresh does not carry everything away (ASVS 7.5.1).</summary>
    private Refusal RefuseOwn(CommittedUser account, Actor actor) =>
        UserAccount.IsSelf(account.Id, account.Present, actor) ? UserAccount.RefuseStale(account.Stored!, actor, time.GetUtcNow()) : Refusal.NotFound;
}
