using System.Security.Cryptography;
using Platform.Audit;
using Platform.Internal;
using Platform.Listing;
using Platform.Notifications;
using Platform.SecondFactors;
using Platform.Security;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Users;

/// <summary>What follows a right password: a session, a challenge, or a session for enrolment only; and the second step (rows 2FA, LOGIN).</summary>
/// <remarks>One write each uses up what was presented and records what it was good for. Nothing is answered before it.</remarks>
public sealed partial class UserGrain
{
    private const string PasswordReference = "pwd";

    public async Task<Outcome<SignInResult>> CompletePasswordAsync(OpenSessionRequest opening, CancellationToken cancellationToken)
    {
        if (Present is not { Status: UserStatus.Active } user || user.PasswordVersion != opening.PasswordVersion) return Refusal.InvalidCredentials;
        var refusal = await RefuseFromAsync(user, opening.Client.Ip, opening.Page, cancellationToken);
        if (refusal == Refusal.IpNotAllowed)
        {
            await RecordFailureAsync(user, AuditEntry.ByOwner(PartyOf(user), AuditActions.SessionSignInFailed, opening.Client), AddressReason);
        }

        if (refusal != Refusal.None) return refusal;
        if (opening.Rehash is { } rehash && user.PasswordHash == opening.VerifiedHash) user = user with { PasswordHash = rehash };
        if (user.Factors is { Any: true } factors) return await ChallengeAsync(user, factors, opening, cancellationToken);

        // A page cannot set up a factor: a session that is good for nothing else is no use to it.
        if (opening.RequireSecondFactor && opening.Page is not null) return Refusal.SecondFactorEnrolmentRequired;
        var step = await OpenAsync(
            user,
            new NewSession
            {
                TenantId = user.TenantId,
                UserId = _id,
                Subject = SubjectOf(user),
                SecretHash = opening.SecretHash,
                Policy = opening.Policy,
                AuthenticationMethods = [PasswordReference],
                Client = opening.Client,
                TenantEpoch = opening.TenantEpoch,
                Scope = opening.RequireSecondFactor ? SessionScope.Enrolment : SessionScope.Full,
                Page = opening.Page,
            },
            opening.Transport,
            cancellationToken);
        return step is null ? Refusal.InvalidCredentials : step;
    }

    public async Task<Outcome<SignInResult>> VerifySecondFactorAsync(SecondFactorProof proof, CancellationToken cancellationToken)
    {
        var (user, challenge, rules) = await FindChallengeAsync(proof.Challenge, cancellationToken);
        if (challenge is null) return Refusal.InvalidCode;
        var now = time.GetUtcNow();
        var factors = user!.Factors!;
        if (factors.Attempts.WaitFor(now) is { } wait) return TooMany(wait);
        if (factors.Use(secrets, _id, proof.Method, proof.Code, challenge.Sms, now) is not { } used)
        {
            await CountWrongCodeAsync(
                user, challenge, AuditEntry.ByAnybody(AuditActions.SessionSignInFailed, PartyOf(user), proof.Challenge.Client), cancellationToken);
            return Refusal.InvalidCode;
        }

        var step = await OpenAsync(
            user with { Factors = used.Without(challenge) },
            new NewSession
            {
                TenantId = user.TenantId,
                UserId = _id,
                Subject = SubjectOf(user),
                SecretHash = proof.SecretHash,
                Policy = rules!.SessionPolicy,
                AuthenticationMethods = [PasswordReference, SecondFactorRules.MethodReference(proof.Method)],
                Client = proof.Challenge.Client,
                TenantEpoch = challenge.TenantEpoch,
                SecondFactorAt = now,
                Page = challenge.Page,
            },
            challenge.Transport,
            cancellationToken);
        if (proof.Method == SecondFactorMethod.RecoveryCode) await NotifyRecoveryCodeUsedAsync(user, used, cancellationToken);
        return step is null ? Refusal.InvalidCode : step;
    }

    public async Task<Outcome> SendSignInCodeAsync(ChallengeReference reference, CancellationToken cancellationToken)
    {
        var (user, challenge, _) = await FindChallengeAsync(reference, cancellationToken);
        if (challenge is null || user!.Factors is not { Phone: { } phone } factors) return Refusal.InvalidCode;
        var now = time.GetUtcNow();
        if (factors.Attempts.WaitFor(now) is { } wait) return TooMany(wait);
        if (MessageBudget.Take(factors.MessagesAt, now, out var spent) is not { } sent) return TooMany(spent);
        var code = OneTimeCode.Random();
        var fresh = challenge with { Sms = Sent(code, now) };
        await SaveAsync(
            user with { Factors = factors with { MessagesAt = sent, Challenges = factors.Challenges.Replace(challenge, fresh) } }, cancellationToken);
        await SendCodeAsync(user, secrets.OpenPhone(_id, phone), NotificationTemplates.SignInCode, code, cancellationToken);
        return Outcome.Done;
    }

    private async Task<Outcome<SignInResult>> ChallengeAsync(
        StoredUser user, StoredSecondFactors factors, OpenSessionRequest opening, CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetBytes(SecretSize);
        var now = time.GetUtcNow();
        var challenge = new StoredChallenge
        {
            SecretHash = [.. SHA256.HashData(secret)],
            Network = Networks.Of(opening.Client.Ip),
            Transport = opening.Transport,
            ExpiresAt = now + SecondFactorRules.ChallengeLifetime,
            TenantEpoch = opening.TenantEpoch,
            Page = opening.Page,
        };
        await SaveAsync(user with { Factors = factors.WithChallenge(challenge, now) }, cancellationToken);
        return new SignInResult
        {
            Challenge = new SignInChallenge
            {
                Token = ChallengeToken.Seal(master, _environment, _id, secret),
                Methods = factors.Methods,
                ExpiresAt = challenge.ExpiresAt,
            },
            Transport = opening.Transport,
        };
    }

    private async Task<bool> AllowsFromAsync(StoredUser user, string? ip, CancellationToken cancellationToken) =>
        await tenants.FindAsync(user.TenantId, cancellationToken) is { } tenant && tenant.AllowsFrom(_id, ip);

    /// <summary>By the tenant's IP rules; and the page, if one asks, belongs to a domain that is proven now.</summary>
    private async Task<Refusal> RefuseFromAsync(StoredUser user, string? ip, PageOrigin? page, CancellationToken cancellationToken)
    {
        var tenant = await tenants.FindAsync(user.TenantId, cancellationToken);
        if (tenant?.AllowsFrom(_id, ip) != true) return Refusal.IpNotAllowed;
        return page is null || tenant.AllowsFrom(page) ? Refusal.None : Refusal.OriginNotAllowed;
    }

    /// <summary>Status of user and tenant, its IP rules and whether all its sessions were ended, count at every step, not only at the first (threat T8).</summary>
    private async Task<(StoredUser? User, StoredChallenge? Challenge, SignInRules? Rules)> FindChallengeAsync(
        ChallengeReference reference, CancellationToken cancellationToken)
    {
        if (Present is not { Status: UserStatus.Active, Factors: not null } present) return default;
        var user = await CorrectedAsync(present, time.GetUtcNow(), cancellationToken);
        var factors = user.Factors!;
        var rules = await GrainFactory.TenantInternal(user.TenantId).FindSignInRulesAsync(cancellationToken);
        if (rules is not { Status: TenantStatus.Active } || await RefuseFromAsync(user, reference.Client.Ip, reference.Page, cancellationToken) != Refusal.None) return default;
        var challenge = factors.FindChallenge(reference.ChallengeHash.AsSpan(), Networks.Of(reference.Client.Ip), time.GetUtcNow());
        return challenge?.TenantEpoch == rules.Epoch && challenge.Page == reference.Page ? (user, challenge, rules) : default;
    }

    /// <summary>On disk before it is answered. The user is notified of the one that uses up the budget: whoever guesses knows the password.</summary>
    private async Task CountWrongCodeAsync(StoredUser user, StoredChallenge? challenge, AuditEntry attempt, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var next = user.Factors!.WithWrongCode(challenge, now);
        await SaveAsync(user with { Factors = next }, attempt with { Outcome = AuditOutcome.Failure, Reason = WrongCodeReason }, cancellationToken);
        if (next.Attempts.WaitFor(now) is null) return;
        await NotifyAsync(user, NotificationTemplates.SecondFactorFailures, cancellationToken, ("ip", Networks.Of(attempt.Client?.Ip)));
    }

    private SentCode Sent(string code, DateTimeOffset now) =>
        new() { Code = secrets.SealCode(_id, code), ExpiresAt = now + SecondFactorRules.SentCodeLifetime };

    private async Task SendCodeAsync(StoredUser user, string number, string template, string code, CancellationToken cancellationToken)
    {
        var tenant = await GrainFactory.TenantInternal(user.TenantId).FindAsync(cancellationToken);
        var message = notifier.Compose(NotificationChannel.Sms, _id, number, template, ("tenant", tenant?.Slug ?? ""), ("code", code));
        await notifier.EnqueueAsync([message], cancellationToken);
    }

    private Task NotifyRecoveryCodeUsedAsync(StoredUser user, StoredSecondFactors left, CancellationToken cancellationToken) => NotifyAsync(
        user,
        NotificationTemplates.RecoveryCodeUsed,
        cancellationToken,
        ("remaining", left.RecoveryCodes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static Outcome TooMany(TimeSpan wait) => new() { Refusal = Refusal.TooManyAttempts, RetryAfter = wait };
}
