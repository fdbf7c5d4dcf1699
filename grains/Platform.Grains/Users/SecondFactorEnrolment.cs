using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Audit;
using Platform.Clocks;
using Platform.Notifications;
using Platform.SecondFactors;

namespace Platform.Users;

/// <summary>Sets up second factors (row 2FA): begun and confirmed by one session, whose authentication is fresh.</summary>
internal sealed class SecondFactorEnrolment(
    UserAccess access, UserNotifications notifications, SecondFactorCodes codes, FactorSecrets secrets, IGrainFactory grains, TimeProvider time)
{
    public async Task<Outcome<TotpEnrolment>> BeginTotpAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        var refusal = await RefuseAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        var user = account.Stored!;
        var tenant = await access.FindTenantAsync(user.TenantId, cancellationToken);
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretSize);
        var pending = new PendingTotp
        {
            Secret = secrets.SealTotp(account.Id, secret), ExpiresAt = time.GetUtcNow() + SecondFactorRules.EnrolmentLifetime, SessionId = actor.SessionId,
        };
        await account.SaveAsync(user with { Factors = UserAccount.FactorsOf(user) with { PendingTotp = pending } }, cancellationToken);
        var text = OtpNet.Base32Encoding.ToString(secret);
        return new TotpEnrolment { Secret = text, Uri = Totp.Uri(tenant?.Name ?? "", user.Username, text) };
    }

    public async Task<Outcome<ConfirmedFactor>> ConfirmTotpAsync(CommittedUser account, Actor actor, FactorConfirmation confirmation, CancellationToken cancellationToken)
    {
        if (!UserAccount.IsSelf(account.Id, account.Present, actor)) return Refusal.NotFound;
        var user = account.Stored!;
        var factors = UserAccount.FactorsOf(user);
        var now = time.GetUtcNow();
        if (factors.PendingTotp is not { } pending || pending.SessionId != actor.SessionId) return Refusal.InvalidCode;
        if (!StoredTime.IsOpen(pending.ExpiresAt, SecondFactorRules.EnrolmentLifetime, now)) return Refusal.InvalidCode;
        if (await RefuseFeatureAsync(actor, cancellationToken) is not Refusal.None and var refusal) return refusal;
        if (Totp.FindStep(secrets.OpenTotp(account.Id, pending.Secret), confirmation.Code, now, lastStep: 0) is not { } step)
        {
            var failures = pending.Failures + 1;
            var left = SecondFactorRules.IsOpenAfter(failures) ? pending with { Failures = failures } : null;
            await account.SaveAsync(user with { Factors = factors with { PendingTotp = left } }, cancellationToken);
            return Refusal.InvalidCode;
        }

        // The code that confirms is used up with it (threat T15).
        var recovery = RecoveryCodes.Create();
        var next = factors with
        {
            Totp = new StoredTotp { Secret = pending.Secret, LastStep = step },
            TotpSince = now,
            PendingTotp = null,
            RecoveryCodes = RecoveryCodes.Hash(recovery),
            Challenges = [],
        };
        return await EnableAsync(account, actor, user, next, SecondFactorMethod.Totp, recovery, confirmation.NewSecretHash, cancellationToken);
    }

    public async Task<Outcome> BeginPhoneAsync(CommittedUser account, Actor actor, string phoneNumber, CancellationToken cancellationToken)
    {
        var refusal = await RefuseAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        if (PhoneNumber.TryNormalise(phoneNumber, out var error) is not { } number) return InputErrors.Of(error!);
        var now = time.GetUtcNow();
        var user = await account.CorrectedAsync(account.Stored!, now, cancellationToken);
        var factors = UserAccount.FactorsOf(user);
        if (MessageBudget.Take(factors.MessagesAt, now, out var wait) is not { } sent) return SecondFactorCodes.TooMany(wait);
        var code = OneTimeCode.Random();
        var pending = new PendingPhone { Number = secrets.SealPhone(account.Id, number), Code = codes.Seal(account.Id, code, now), SessionId = actor.SessionId };
        await account.SaveAsync(user with { Factors = factors with { PendingPhone = pending, MessagesAt = sent } }, cancellationToken);
        await notifications.SendCodeAsync(account.Id, user, number, NotificationTemplates.PhoneConfirmation, code, cancellationToken);
        return Outcome.Done;
    }

    public async Task<Outcome<ConfirmedFactor>> ConfirmPhoneAsync(CommittedUser account, Actor actor, FactorConfirmation confirmation, CancellationToken cancellationToken)
    {
        if (!UserAccount.IsSelf(account.Id, account.Present, actor)) return Refusal.NotFound;
        var user = account.Stored!;
        var factors = UserAccount.FactorsOf(user);
        var now = time.GetUtcNow();
        if (factors.PendingPhone is not { } pending || pending.SessionId != actor.SessionId) return Refusal.InvalidCode;
        if (!StoredTime.IsOpen(pending.Code.ExpiresAt, SecondFactorRules.SentCodeLifetime, now)) return Refusal.InvalidCode;
        if (await RefuseFeatureAsync(actor, cancellationToken) is not Refusal.None and var refusal) return refusal;
        if (!secrets.IsCode(account.Id, pending.Code, confirmation.Code, now))
        {
            var failures = pending.Failures + 1;
            var left = SecondFactorRules.IsOpenAfter(failures) ? pending with { Failures = failures } : null;
            await account.SaveAsync(user with { Factors = factors with { PendingPhone = left } }, cancellationToken);
            return Refusal.InvalidCode;
        }

        var next = factors with { Phone = pending.Number, PhoneSince = now, PendingPhone = null, Challenges = [] };
        return await EnableAsync(account, actor, user, next, SecondFactorMethod.Sms, [], confirmation.NewSecretHash, cancellationToken);
    }

    private async Task<Outcome<ConfirmedFactor>> EnableAsync(
        CommittedUser account,
        Actor actor,
        StoredUser user,
        StoredSecondFactors next,
        SecondFactorMethod method,
        ImmutableArray<string> recovery,
        ImmutableArray<byte> newSecretHash,
        CancellationToken cancellationToken)
    {
        var name = SecondFactorRules.NameOf(method);
        var entry = UserAuditEntries.By(actor, account.Id, user, AuditActions.UserSecondFactorEnabled, AuditChanges.Text("/secondFactor", null, name));
        await account.SaveAsync(user with { Factors = next }, [entry], cancellationToken);
        await notifications.NotifyAsync(account.Id, user, NotificationTemplates.SecondFactorEnabled, cancellationToken, ("method", name));
        var renewed = await grains.Session(actor.SessionId).AddFactorAsync(SecondFactorRules.MethodReference(method), newSecretHash, cancellationToken);
        return new ConfirmedFactor { RecoveryCodes = recovery, Renewed = renewed };
    }

    /// <summary>A stolen session that is no longer fresh sets up nothing.</summary>
    private async Task<Refusal> RefuseAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        if (!UserAccount.IsSelf(account.Id, account.Present, actor)) return Refusal.NotFound;
        var refusal = await RefuseFeatureAsync(actor, cancellationToken);
        return refusal == Refusal.None ? UserAccount.RefuseStale(account.Stored!, actor, time.GetUtcNow()) : refusal;
    }

    private async Task<Refusal> RefuseFeatureAsync(Actor actor, CancellationToken cancellationToken) =>
        await access.FindSignInRulesAsync(actor.TenantId, cancellationToken) is { TwoFactor: true } ? Refusal.None : Refusal.FeatureRequired;
}
