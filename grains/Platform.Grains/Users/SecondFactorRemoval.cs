using Platform.Audit;
using Platform.Notifications;
using Platform.SecondFactors;
using Platform.Sessions;

namespace Platform.Users;

/// <summary>Shows, gives up and replaces second factors (row 2FA).</summary>
internal sealed class SecondFactorRemoval(
    UserAccess access, UserPasswords passwords, UserSessions sessions, UserNotifications notifications, SecondFactorCodes codes, FactorSecrets secrets, TimeProvider time)
{
    public Outcome<SecondFactorsView> Get(CommittedUser account, Actor actor)
    {
        if (!UserAccount.IsSelf(account.Id, account.Present, actor)) return Refusal.NotFound;
        var factors = UserAccount.FactorsOf(account.Stored!);
        return new SecondFactorsView
        {
            Totp = factors.Totp is not null,
            Phone = factors.Phone is { } phone ? PhoneNumber.Mask(secrets.OpenPhone(account.Id, phone)) : null,
            RecoveryCodesRemaining = factors.RecoveryCodes.Length,
        };
    }

    public Task<Outcome> RemoveTotpAsync(CommittedUser account, Actor actor, FactorRemoval removal, CancellationToken cancellationToken) => RemoveAsync(
        account, actor, removal, SecondFactorMethod.Totp, factors => factors with { Totp = null, PendingTotp = null }, cancellationToken);

    public Task<Outcome> RemovePhoneAsync(CommittedUser account, Actor actor, FactorRemoval removal, CancellationToken cancellationToken) => RemoveAsync(
        account, actor, removal, SecondFactorMethod.Sms, factors => factors with { Phone = null, PendingPhone = null }, cancellationToken);

    public async Task<Outcome<RecoveryCodeSet>> ReplaceRecoveryCodesAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        if (!UserAccount.IsSelf(account.Id, account.Present, actor)) return Refusal.NotFound;
        var user = account.Stored!;
        if (user.Factors is not { Any: true } factors) return Refusal.NoSecondFactor;
        if (!UserAccount.IsFresh(actor.SecondFactorAt, time.GetUtcNow())) return Refusal.ReauthenticationRequired;
        var fresh = RecoveryCodes.Create();
        var entry = UserAuditEntries.By(actor, account.Id, user, AuditActions.UserUpdated, AuditChanges.Secret("/recoveryCodes"));
        await account.SaveAsync(user with { Factors = factors with { RecoveryCodes = RecoveryCodes.Hash(fresh) } }, [entry], cancellationToken);
        await notifications.NotifyAsync(account.Id, user, NotificationTemplates.RecoveryCodesReplaced, cancellationToken);
        return new RecoveryCodeSet(fresh);
    }

    /// <summary>By a manager, for somebody who has lost them.</summary>
    public async Task<Outcome> ResetAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        var refusal = await access.RefuseManagementAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;

        // Who lost the own ones asks another manager: a stolen session must not get rid of them without a proof.
        if (actor.UserId == account.Id) return Refusal.Forbidden;
        var user = account.Stored!;
        if (user.Factors is not { Any: true } factors) return Refusal.NoSecondFactor;
        var disabling = UserAuditEntries.By(actor, account.Id, user, AuditActions.UserSecondFactorDisabled);
        await account.SaveAsync(
            user with { Factors = new StoredSecondFactors { Attempts = factors.Attempts, MessagesAt = factors.MessagesAt }, Sessions = [] },
            UserAuditEntries.With(disabling, user.Sessions, SessionState.Revoked),
            cancellationToken);
        await sessions.EndAllAsync(user.Sessions, SessionState.Revoked, cancellationToken);
        await notifications.NotifyAsync(account.Id, user, NotificationTemplates.SecondFactorsReset, cancellationToken);
        return Outcome.Done;
    }

    private async Task<Outcome> RemoveAsync(
        CommittedUser account,
        Actor actor,
        FactorRemoval removal,
        SecondFactorMethod method,
        Func<StoredSecondFactors, StoredSecondFactors> without,
        CancellationToken cancellationToken)
    {
        if (!UserAccount.IsSelf(account.Id, account.Present, actor)) return Refusal.NotFound;
        var user = await account.CorrectedAsync(account.Stored!, time.GetUtcNow(), cancellationToken);
        if (user.Factors is not { } factors || !factors.Methods.Contains(method)) return Refusal.NoSecondFactor;
        var fresh = UserAccount.IsFresh(actor.SecondFactorAt, time.GetUtcNow());
        if (!fresh && removal.Code is null) return Refusal.ReauthenticationRequired;
        var name = SecondFactorRules.NameOf(method);
        var disabling = UserAuditEntries.By(actor, account.Id, user, AuditActions.UserSecondFactorDisabled, AuditChanges.Text("/secondFactor", name, null));
        var attempt = await passwords.VerifyAsync(account, user, removal.Password, actor, AuditActions.UserSecondFactorDisabled, cancellationToken);
        if (attempt.Refusal != Refusal.None) return attempt.ToOutcome();

        var rules = await access.FindSignInRulesAsync(user.TenantId, cancellationToken);
        if (!without(factors).Any && rules is { RequireSecondFactor: true }) return Refusal.LastSecondFactor;
        if (!fresh)
        {
            var now = time.GetUtcNow();
            if (factors.Attempts.WaitFor(now) is { } wait) return SecondFactorCodes.TooMany(wait);
            var codeMethod = OneTimeCode.IsWellFormed(TypedCode.Compact(removal.Code!)) ? SecondFactorMethod.Totp : SecondFactorMethod.RecoveryCode;
            if (factors.Use(secrets, account.Id, codeMethod, removal.Code!, sent: null, now) is not { } used)
            {
                await codes.CountWrongAsync(account, user, challenge: null, disabling, cancellationToken);
                return Refusal.InvalidCode;
            }

            factors = used;
        }

        var left = without(factors) with { Challenges = [] };
        if (!left.Any) left = left with { RecoveryCodes = [] };
        var others = user.Sessions.RemoveAll(s => s.Id == actor.SessionId);
        await account.SaveAsync(
            user with { Factors = left, Sessions = user.Sessions.RemoveRange(others) },
            UserAuditEntries.With(disabling, others, SessionState.Revoked),
            cancellationToken);
        await sessions.EndAllAsync(others, SessionState.Revoked, cancellationToken);
        await notifications.NotifyAsync(account.Id, user, NotificationTemplates.SecondFactorDisabled, cancellationToken, ("method", name));
        return Outcome.Done;
    }
}
