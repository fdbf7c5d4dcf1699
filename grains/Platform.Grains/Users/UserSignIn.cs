using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.SecondFactors;
using Platform.Sessions;
using Platform.SignIn;

namespace Platform.Users;

/// <summary>What follows a right password: a session, a challenge, or a session for enrolment only; and the second step (rows 2FA, LOGIN).</summary>
/// <remarks>One write each uses up what was presented and records what it was good for. Nothing is answered before it.</remarks>
internal sealed class UserSignIn(
    UserAccess access,
    UserSessions sessions,
    UserNotifications notifications,
    SecondFactorCodes codes,
    SignInChallenges challenges,
    FactorSecrets secrets,
    AuditLog audit,
    TimeProvider time)
{
    public const string PasswordReference = "pwd";

    /// <inheritdoc cref="IUserGrainInternal.CompletePasswordAsync"/>
    public async Task<Outcome<SignInResult>> CompletePasswordAsync(CommittedUser account, OpenSessionRequest opening, CancellationToken cancellationToken)
    {
        if (account.Present is not { Status: UserStatus.Active } user || user.PasswordVersion != opening.PasswordVersion) return Refusal.InvalidCredentials;
        var refusal = await access.RefuseFromAsync(account.Id, user, opening.Client.Ip, opening.Page, cancellationToken);
        if (refusal == Refusal.IpNotAllowed)
        {
            var failed = AuditEntry.ByOwner(UserAuditEntries.PartyOf(account.Id, user), AuditActions.SessionSignInFailed, opening.Client);
            await audit.RecordAsync(user.TenantId, UserAuditEntries.Failed(failed, UserAuditEntries.AddressReason));
        }

        if (refusal != Refusal.None) return refusal;
        if (opening.Rehash is { } rehash && user.PasswordHash == opening.VerifiedHash) user = user with { PasswordHash = rehash };

        // On a page that is all: nobody chooses a password there (decision 107).
        var mustChange = UserAccount.MustChangePassword(user, opening.PasswordCutoff);
        if (mustChange && opening.Page is not null) return new SignInResult { PasswordChange = new PasswordChangeChallenge { Token = null, ExpiresAt = null }, Transport = opening.Transport };
        if (user.Factors is { Any: true } factors)
        {
            var (token, expiresAt) = await challenges.GiveAsync(account, user, SignInChallenges.After(opening, SignInStep.SecondFactor), cancellationToken);
            return new SignInResult { Challenge = new SignInChallenge { Token = token, Methods = factors.Methods, ExpiresAt = expiresAt }, Transport = opening.Transport };
        }

        // A page cannot set up a factor: a session that is good for nothing else is no use to it.
        if (opening.RequireSecondFactor && opening.Page is not null) return Refusal.SecondFactorEnrolmentRequired;
        if (mustChange) return await AskForNewPasswordAsync(account, user, SignInChallenges.After(opening, SignInStep.NewPassword), cancellationToken);
        var session = new NewSession
        {
            TenantId = user.TenantId,
            UserId = account.Id,
            Subject = UserAccount.SubjectOf(user),
            SecretHash = opening.SecretHash,
            Policy = opening.Policy,
            AuthenticationMethods = [PasswordReference],
            Client = opening.Client,
            TenantEpoch = opening.TenantEpoch,
            Scope = opening.RequireSecondFactor ? SessionScope.Enrolment : SessionScope.Full,
            Page = opening.Page,
        };
        var step = await sessions.OpenAsync(account, user, session, opening.Transport, cancellationToken);
        return step is null ? Refusal.InvalidCredentials : step;
    }

    /// <inheritdoc cref="ISignInGrain.VerifySecondFactorAsync"/>
    public async Task<Outcome<SignInResult>> VerifySecondFactorAsync(CommittedUser account, SecondFactorProof proof, CancellationToken cancellationToken)
    {
        var (user, challenge, rules) = await challenges.FindAsync(account, proof.Challenge, SignInStep.SecondFactor, cancellationToken);
        if (challenge is null) return Refusal.InvalidCode;
        var now = time.GetUtcNow();
        var factors = user!.Factors!;
        if (factors.Attempts.WaitFor(now) is { } wait) return SecondFactorCodes.TooMany(wait);
        if (factors.Use(secrets, account.Id, proof.Method, proof.Code, challenge.Sms, now) is not { } used)
        {
            var attempt = AuditEntry.ByAnybody(AuditActions.SessionSignInFailed, UserAuditEntries.PartyOf(account.Id, user), proof.Challenge.Client);
            await codes.CountWrongAsync(account, user, challenge, attempt, cancellationToken);
            return Refusal.InvalidCode;
        }

        if (user.MustChangePassword)
        {
            var next = challenge with { Step = SignInStep.NewPassword, Proven = proof.Method, ProvenAt = now, Sms = null, Failures = 0 };
            return await AskForNewPasswordAsync(account, user with { Factors = used.Without(challenge) }, next, cancellationToken);
        }

        var session = new NewSession
        {
            TenantId = user.TenantId,
            UserId = account.Id,
            Subject = UserAccount.SubjectOf(user),
            SecretHash = proof.SecretHash,
            Policy = rules!.SessionPolicy,
            AuthenticationMethods = [PasswordReference, SecondFactorRules.MethodReference(proof.Method)],
            Client = proof.Challenge.Client,
            TenantEpoch = challenge.TenantEpoch,
            SecondFactorAt = now,
            Page = challenge.Page,
        };
        var step = await sessions.OpenAsync(account, user with { Factors = used.Without(challenge) }, session, challenge.Transport, cancellationToken);
        if (proof.Method == SecondFactorMethod.RecoveryCode) await codes.NotifyRecoveryCodeUsedAsync(account.Id, user, used, cancellationToken);
        return step is null ? Refusal.InvalidCode : step;
    }

    /// <inheritdoc cref="ISignInGrain.SendCodeAsync"/>
    public async Task<Outcome> SendCodeAsync(CommittedUser account, ChallengeReference reference, CancellationToken cancellationToken)
    {
        var (user, challenge, _) = await challenges.FindAsync(account, reference, SignInStep.SecondFactor, cancellationToken);
        if (challenge is null || user!.Factors is not { Phone: { } phone } factors) return Refusal.InvalidCode;
        var now = time.GetUtcNow();
        if (factors.Attempts.WaitFor(now) is { } wait) return SecondFactorCodes.TooMany(wait);
        if (MessageBudget.Take(factors.MessagesAt, now, out var spent) is not { } sent) return SecondFactorCodes.TooMany(spent);
        var code = OneTimeCode.Random();
        var fresh = challenge with { Sms = codes.Seal(account.Id, code, now) };
        await account.SaveAsync(
            user with { Factors = factors with { MessagesAt = sent, Challenges = factors.Challenges.Replace(challenge, fresh) } }, cancellationToken);
        await notifications.SendCodeAsync(account.Id, user, secrets.OpenPhone(account.Id, phone), NotificationTemplates.SignInCode, code, cancellationToken);
        return Outcome.Done;
    }

    private async Task<SignInResult> AskForNewPasswordAsync(CommittedUser account, StoredUser user, StoredChallenge challenge, CancellationToken cancellationToken)
    {
        var (token, expiresAt) = await challenges.GiveAsync(account, user, challenge, cancellationToken);
        return new SignInResult { PasswordChange = new PasswordChangeChallenge { Token = token, ExpiresAt = expiresAt }, Transport = challenge.Transport };
    }
}
