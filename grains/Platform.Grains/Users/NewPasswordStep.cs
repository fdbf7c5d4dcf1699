using Platform.Audit;
using Platform.Notifications;
using Platform.SecondFactors;
using Platform.Sessions;
using Platform.SignIn;

namespace Platform.Users;

/// <summary>The step of a sign-in in which a password that somebody else has set is replaced (decision 107, ASVS 6.4.1).</summary>
internal sealed class NewPasswordStep(SignInChallenges challenges, UserPasswords passwords, UserSessions sessions, UserNotifications notifications)
{
    /// <inheritdoc cref="ISignInGrain.ChooseNewPasswordAsync"/>
    public async Task<Outcome<SignInResult>> ChooseAsync(CommittedUser account, NewPasswordChoice choice, CancellationToken cancellationToken)
    {
        var (user, challenge, rules) = await challenges.FindAsync(account, choice.Challenge, SignInStep.NewPassword, cancellationToken);
        if (challenge is null) return Refusal.InvalidCode;
        var entry = AuditEntry.ByOwner(UserAuditEntries.PartyOf(account.Id, user!), AuditActions.UserPasswordChanged, choice.Challenge.Client) with { Changes = [AuditChanges.Secret("/password")] };
        var replaced = await passwords.ReplaceAsync(user!, choice.NewPassword, entry, cancellationToken);
        if (replaced.Value is not { } set) return replaced.ToRefused();

        var session = new NewSession
        {
            TenantId = user!.TenantId,
            UserId = account.Id,
            Subject = UserAccount.SubjectOf(user),
            SecretHash = choice.SecretHash,
            Policy = rules!.SessionPolicy,
            AuthenticationMethods = challenge.Proven is { } factor ? [UserSignIn.PasswordReference, SecondFactorRules.MethodReference(factor)] : [UserSignIn.PasswordReference],
            Client = choice.Challenge.Client,
            TenantEpoch = challenge.TenantEpoch,
            Scope = rules.RequireSecondFactor && challenge.Proven is null ? SessionScope.Enrolment : SessionScope.Full,
            SecondFactorAt = challenge.ProvenAt,
        };
        var step = await sessions.OpenAsync(account, set.Next, session, challenge.Transport, cancellationToken, set.Entries);
        await sessions.EndAllAsync(set.Ended, SessionState.PasswordChanged, cancellationToken);
        await notifications.NotifyAsync(account.Id, user, NotificationTemplates.PasswordChanged, cancellationToken);
        return step is null ? Refusal.InvalidCode : step;
    }
}
