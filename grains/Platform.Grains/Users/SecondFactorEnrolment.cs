using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.SecondFactors;
using Platform.Sessions;
using Platform.SignIn;

namespace Platform.Users;

/// <summary>Setting up and giving up second factors (row 2FA).</summary>
public sealed partial class UserGrain
{
    public Task<Outcome<SecondFactorsView>> GetSecondFactorsAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!IsSelf(actor)) return Task.FromResult<Outcome<SecondFactorsView>>(Refusal.NotFound);
        var factors = FactorsOf(state.Value!);
        return Task.FromResult<Outcome<SecondFactorsView>>(new SecondFactorsView
        {
            Totp = factors.Totp is not null,
            Phone = factors.Phone is { } phone ? PhoneNumber.Mask(secrets.OpenPhone(_id, phone)) : null,
            RecoveryCodesRemaining = factors.RecoveryCodes.Length,
        });
    }

    public Task<bool?> HasSecondFactorAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Present is { Status: UserStatus.Active } user ? user.Factors is { Any: true } : (bool?)null);

    public async Task<Outcome<TotpEnrolment>> BeginTotpAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = await RefuseEnrolmentAsync(actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        var user = state.Value!;
        var tenant = await GrainFactory.TenantInternal(user.TenantId).FindAsync(cancellationToken);
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretSize);
        var pending = new PendingTotp
        {
            Secret = secrets.SealTotp(_id, secret), ExpiresAt = time.GetUtcNow() + SecondFactorRules.EnrolmentLifetime, SessionId = actor.SessionId,
        };
        await SaveAsync(user with { Factors = FactorsOf(user) with { PendingTotp = pending } }, cancellationToken);
        var text = OtpNet.Base32Encoding.ToString(secret);
        return new TotpEnrolment { Secret = text, Uri = Totp.Uri(tenant?.Name ?? "", user.Username, text) };
    }

    public async Task<Outcome<ConfirmedFactor>> ConfirmTotpAsync(Actor actor, FactorConfirmation confirmation, CancellationToken cancellationToken)
    {
        if (!IsSelf(actor)) return Refusal.NotFound;
        var user = state.Value!;
        var factors = FactorsOf(user);
        var now = time.GetUtcNow();
        if (factors.PendingTotp is not { } pending || !StoredTime.IsOpen(pending.ExpiresAt, SecondFactorRules.EnrolmentLifetime, now) || pending.SessionId != actor.SessionId) return Refusal.InvalidCode;
        if (await RefuseFeatureAsync(actor, cancellationToken) is not Refusal.None and var refusal) return refusal;
        if (Totp.FindStep(secrets.OpenTotp(_id, pending.Secret), confirmation.Code, now, lastStep: 0) is not { } step)
        {
            var counted = pending with { Failures = pending.Failures + 1 };
            var left = counted.Failures < SecondFactorRules.WrongCodesPerChallenge ? counted : null;
            await SaveAsync(user with { Factors = factors with { PendingTotp = left } }, cancellationToken);
            return Refusal.InvalidCode;
        }

        // The code that confirms is used up with it (threat T15).
        var codes = RecoveryCodes.Create();
        var next = factors with
        {
            Totp = new StoredTotp { Secret = pending.Secret, LastStep = step },
            TotpSince = now,
            PendingTotp = null,
            RecoveryCodes = RecoveryCodes.Hash(codes),
            Challenges = [],
        };
        return await EnableAsync(actor, user, next, SecondFactorMethod.Totp, codes, confirmation.NewSecretHash, cancellationToken);
    }

    public async Task<Outcome> BeginPhoneAsync(Actor actor, string phoneNumber, CancellationToken cancellationToken)
    {
        var refusal = await RefuseEnrolmentAsync(actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        if (PhoneNumber.TryNormalise(phoneNumber, out var error) is not { } number) return InputErrors.Of(error!);
        var now = time.GetUtcNow();
        var user = await CorrectedAsync(state.Value!, now, cancellationToken);
        var factors = FactorsOf(user);
        if (MessageBudget.Take(factors.MessagesAt, now, out var wait) is not { } sent) return TooMany(wait);
        var code = OneTimeCode.Random();
        var pending = new PendingPhone { Number = secrets.SealPhone(_id, number), Code = Sent(code, now), SessionId = actor.SessionId };
        await SaveAsync(user with { Factors = factors with { PendingPhone = pending, MessagesAt = sent } }, cancellationToken);
        await SendCodeAsync(user, number, NotificationTemplates.PhoneConfirmation, code, cancellationToken);
        return Outcome.Done;
    }

    public async Task<Outcome<ConfirmedFactor>> ConfirmPhoneAsync(Actor actor, FactorConfirmation confirmation, CancellationToken cancellationToken)
    {
        if (!IsSelf(actor)) return Refusal.NotFound;
        var user = state.Value!;
        var factors = FactorsOf(user);
        var now = time.GetUtcNow();
        if (factors.PendingPhone is not { } pending || !StoredTime.IsOpen(pending.Code.ExpiresAt, SecondFactorRules.SentCodeLifetime, now) || pending.SessionId != actor.SessionId) return Refusal.InvalidCode;
        if (await RefuseFeatureAsync(actor, cancellationToken) is not Refusal.None and var refusal) return refusal;
        if (!secrets.IsCode(_id, pending.Code, confirmation.Code, now))
        {
            var counted = pending with { Failures = pending.Failures + 1 };
            var left = counted.Failures < SecondFactorRules.WrongCodesPerChallenge ? counted : null;
            await SaveAsync(user with { Factors = factors with { PendingPhone = left } }, cancellationToken);
            return Refusal.InvalidCode;
        }

        var next = factors with { Phone = pending.Number, PhoneSince = now, PendingPhone = null, Challenges = [] };
        return await EnableAsync(actor, user, next, SecondFactorMethod.Sms, [], confirmation.NewSecretHash, cancellationToken);
    }

    public Task<Outcome> RemoveTotpAsync(Actor actor, FactorRemoval removal, CancellationToken cancellationToken) => RemoveFactorAsync(
        actor, removal, SecondFactorMethod.Totp, factors => factors with { Totp = null, PendingTotp = null }, cancellationToken);

    public Task<Outcome> RemovePhoneAsync(Actor actor, FactorRemoval removal, CancellationToken cancellationToken) => RemoveFactorAsync(
        actor, removal, SecondFactorMethod.Sms, factors => factors with { Phone = null, PendingPhone = null }, cancellationToken);

    public async Task<Outcome<RecoveryCodeSet>> ReplaceRecoveryCodesAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!IsSelf(actor)) return Refusal.NotFound;
        var user = state.Value!;
        if (user.Factors is not { Any: true } factors) return Refusal.NoSecondFactor;
        if (!IsFresh(actor.SecondFactorAt)) return Refusal.ReauthenticationRequired;
        var codes = RecoveryCodes.Create();
        await SaveAsync(
            user with { Factors = factors with { RecoveryCodes = RecoveryCodes.Hash(codes) } },
            By(actor, user, AuditActions.UserUpdated, AuditChanges.Secret("/recoveryCodes")),
            cancellationToken);
        await NotifyAsync(user, NotificationTemplates.RecoveryCodesReplaced, cancellationToken);
        return new RecoveryCodeSet(codes);
    }

    public async Task<Outcome> ResetSecondFactorsAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = await RefuseManagementAsync(actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;

        // Who lost the own ones asks another manager: a stolen session must not get rid of them without a proof.
        if (actor.UserId == _id) return Refusal.Forbidden;
        var user = state.Value!;
        if (user.Factors is not { Any: true } factors) return Refusal.NoSecondFactor;
        await SaveAsync(
            user with { Factors = new StoredSecondFactors { Attempts = factors.Attempts, MessagesAt = factors.MessagesAt }, Sessions = [] },
            With(By(actor, user, AuditActions.UserSecondFactorDisabled), user.Sessions, SessionState.Revoked),
            cancellationToken);
        await EndAllAsync(user.Sessions, SessionState.Revoked, cancellationToken);
        await NotifyAsync(user, NotificationTemplates.SecondFactorsReset, cancellationToken);
        return Outcome.Done;
    }

    private async Task<Outcome<ConfirmedFactor>> EnableAsync(
        Actor actor,
        StoredUser user,
        StoredSecondFactors next,
        SecondFactorMethod method,
        ImmutableArray<string> codes,
        ImmutableArray<byte> newSecretHash,
        CancellationToken cancellationToken)
    {
        await SaveAsync(
            user with { Factors = next }, By(actor, user, AuditActions.UserSecondFactorEnabled, AuditChanges.Text("/secondFactor", null, NameOf(method))), cancellationToken);
        await NotifyAsync(user, NotificationTemplates.SecondFactorEnabled, cancellationToken, ("method", NameOf(method)));
        var renewed = await GrainFactory.Session(actor.SessionId).AddFactorAsync(SecondFactorRules.MethodReference(method), newSecretHash, cancellationToken);
        return new ConfirmedFactor { RecoveryCodes = codes, Renewed = renewed };
    }

    private async Task<Outcome> RemoveFactorAsync(
        Actor actor,
        FactorRemoval removal,
        SecondFactorMethod method,
        Func<StoredSecondFactors, StoredSecondFactors> without,
        CancellationToken cancellationToken)
    {
        if (!IsSelf(actor)) return Refusal.NotFound;
        var user = await CorrectedAsync(state.Value!, time.GetUtcNow(), cancellationToken);
        if (user.Factors is not { } factors || !factors.Methods.Contains(method)) return Refusal.NoSecondFactor;
        var fresh = IsFresh(actor.SecondFactorAt);
        if (!fresh && removal.Code is null) return Refusal.ReauthenticationRequired;
        var disabling = By(actor, user, AuditActions.UserSecondFactorDisabled, AuditChanges.Text("/secondFactor", NameOf(method), null));
        var attempt = await TryOwnPasswordAsync(user, removal.Password, actor, AuditActions.UserSecondFactorDisabled, cancellationToken);
        if (attempt.Refusal != Refusal.None) return attempt.ToOutcome();

        var rules = await GrainFactory.TenantInternal(user.TenantId).FindSignInRulesAsync(cancellationToken);
        if (!without(factors).Any && rules is { RequireSecondFactor: true }) return Refusal.LastSecondFactor;
        if (!fresh)
        {
            var now = time.GetUtcNow();
            if (factors.Attempts.WaitFor(now) is { } wait) return TooMany(wait);
            var codeMethod = OneTimeCode.IsWellFormed(removal.Code!) ? SecondFactorMethod.Totp : SecondFactorMethod.RecoveryCode;
            if (factors.Use(secrets, _id, codeMethod, removal.Code!, sent: null, now) is not { } used)
            {
                await CountWrongCodeAsync(user, challenge: null, disabling, cancellationToken);
                return Refusal.InvalidCode;
            }

            factors = used;
        }

        var left = without(factors) with { Challenges = [] };
        if (!left.Any) left = left with { RecoveryCodes = [] };
        var others = user.Sessions.RemoveAll(s => s.Id == actor.SessionId);
        await SaveAsync(
            user with { Factors = left, Sessions = user.Sessions.RemoveRange(others) },
            With(disabling, others, SessionState.Revoked),
            cancellationToken);
        await EndAllAsync(others, SessionState.Revoked, cancellationToken);
        await NotifyAsync(user, NotificationTemplates.SecondFactorDisabled, cancellationToken, ("method", NameOf(method)));
        return Outcome.Done;
    }

    /// <summary>A stolen session that is no longer fresh sets up nothing.</summary>
    private async Task<Refusal> RefuseEnrolmentAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!IsSelf(actor)) return Refusal.NotFound;
        var refusal = await RefuseFeatureAsync(actor, cancellationToken);
        return refusal == Refusal.None ? RefuseStale(actor) : refusal;
    }

    private async Task<Refusal> RefuseFeatureAsync(Actor actor, CancellationToken cancellationToken) =>
        await GrainFactory.TenantInternal(actor.TenantId).FindSignInRulesAsync(cancellationToken) is { TwoFactor: true } ? Refusal.None : Refusal.FeatureRequired;

    /// <summary>Of the user's own session; where there is a factor, it takes a proof of it (ASVS 7.5.1).</summary>
    private Refusal RefuseStale(Actor actor) =>
        IsFresh(state.Value!.Factors is { Any: true } ? actor.SecondFactorAt : actor.AuthenticatedAt) ? Refusal.None : Refusal.ReauthenticationRequired;

    /// <param name="user">The actor's account.</param>
    /// <param name="password">As typed.</param>
    /// <param name="actor">Who is asked for the password.</param>
    /// <param name="action">What for; a wrong one is logged as a failure of it.</param>
    /// <param name="cancellationToken">Of the call.</param>
    private async Task<PasswordAttempt> TryOwnPasswordAsync(StoredUser user, string password, Actor actor, string action, CancellationToken cancellationToken)
    {
        var attempt = await passwords.VerifyAsync(
            SignInAccounts.Key(user.TenantId, UsernameBlindIndexOf(user)), actor.Client?.Ip, user.PasswordHash, password, mayPass: true, cancellationToken);
        if (attempt.Refusal == Refusal.InvalidCredentials) await RecordFailureAsync(user, By(actor, user, action), WrongPasswordReason);
        return attempt;
    }

    private bool IsFresh(DateTimeOffset? authenticatedAt) => StoredTime.IsWithin(authenticatedAt, SecondFactorRules.Freshness, time.GetUtcNow());

    private bool IsSelf(Actor actor) => actor.UserId == _id && Refuse(actor, Permissions.None, orSelf: true) == Refusal.None;

    private static StoredSecondFactors FactorsOf(StoredUser user) => user.Factors ?? new StoredSecondFactors();

    private static string NameOf(SecondFactorMethod method) => method == SecondFactorMethod.Sms ? "sms" : "totp";
}
