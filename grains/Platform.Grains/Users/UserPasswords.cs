using Platform.Audit;
using Platform.Notifications;
using Platform.Security;
using Platform.Sessions;
using Platform.SignIn;

namespace Platform.Users;

/// <summary>Sets a password, and asks for the present one where a session alone does not suffice.</summary>
internal sealed class UserPasswords(
    UserSessions sessions, UserNotifications notifications, PasswordHashingQueue hashing, PasswordVerifier verifier, AuditLog audit, IGrainFactory grains, TimeProvider time)
{
    private const string NewPassword = "/newPassword";

    private static readonly Outcome Unchanged = new()
    {
        Refusal = Refusal.PasswordPolicy, Errors = [new InputError(NewPassword, "unchanged", "Choose another password than the one that was set for you.")],
    };

    public async Task<Outcome> ChangeAsync(CommittedUser account, Actor actor, PasswordChange change, CancellationToken cancellationToken)
    {
        if (!UserAccount.IsSelf(account.Id, account.Present, actor)) return Refusal.NotFound;
        var user = account.Stored!;
        var attempt = await VerifyAsync(account, user, change.CurrentPassword, actor, AuditActions.UserPasswordChanged, cancellationToken);
        if (attempt.Refusal != Refusal.None) return attempt.ToOutcome();
        var entry = UserAuditEntries.By(actor, account.Id, user, AuditActions.UserPasswordChanged, AuditChanges.Secret("/password"));
        var set = await SetAsync(account, user, change.NewPassword, entry, keep: actor.SessionId, cancellationToken);
        if (!set.Succeeded) return set;
        // Last, so that after a failure the holder still has a token that works and can see what became of it.
        await grains.Session(actor.SessionId).RotateAsync(change.NewSecretHash, cancellationToken);
        return Outcome.Done;
    }

    /// <summary>One write sets the password, uses an open reset link up and takes all sessions but <paramref name="keep"/> off the list; then they are ended. A first one is no news to its owner.</summary>
    public async Task<Outcome> SetAsync(
        CommittedUser account, StoredUser user, string password, AuditEntry entry, SessionId? keep, CancellationToken cancellationToken, string pointer = NewPassword)
    {
        if (Unmet(user, password, pointer) is { } unmet) return unmet;
        if (await HashAsync(CallerOf(user, entry), user, password, entry, keep, cancellationToken) is not { } set) return Refusal.Busy;
        await account.SaveAsync(set.Next, set.Entries, cancellationToken);
        await sessions.EndAllAsync(set.Ended, SessionState.PasswordChanged, cancellationToken);
        if (user.PasswordHash.Length > 0) await notifications.NotifyAsync(account.Id, user, NotificationTemplates.PasswordChanged, cancellationToken);
        return Outcome.Done;
    }

    /// <summary>What becomes of an account whose password is replaced by another one. Nothing is written.</summary>
    public async Task<Outcome<UserTransition>> ReplaceAsync(StoredUser user, string password, AuditEntry entry, CancellationToken cancellationToken)
    {
        if (Unmet(user, password, NewPassword) is { } unmet) return unmet;
        var caller = CallerOf(user, entry);
        switch (await hashing.VerifyAsync(caller, user.PasswordHash, password, cancellationToken))
        {
            case PasswordCheck.Busy: return Refusal.Busy;
            case PasswordCheck.Right or PasswordCheck.RightButOutdated: return Unchanged;
        }

        return await HashAsync(caller, user, password, entry, keep: null, cancellationToken) is { } set ? set : Refusal.Busy;
    }

    /// <param name="account">The actor's.</param>
    /// <param name="user">Its state.</param>
    /// <param name="password">As typed.</param>
    /// <param name="actor">Who is asked for the password.</param>
    /// <param name="action">What for; a wrong one is logged as a failure of it.</param>
    public async Task<PasswordAttempt> VerifyAsync(CommittedUser account, StoredUser user, string password, Actor actor, string action, CancellationToken cancellationToken)
    {
        var attempt = await verifier.VerifyAsync(
            SignInAccounts.Key(user.TenantId, account.NameIndex(user)), actor.Client?.Ip, user.PasswordHash, password, mayPass: true, isKnown: true, cancellationToken);
        if (attempt.Refusal == Refusal.InvalidCredentials)
        {
            await audit.RecordAsync(user.TenantId, UserAuditEntries.Failed(UserAuditEntries.By(actor, account.Id, user, action), UserAuditEntries.WrongPasswordReason));
        }

        return attempt;
    }

    /// <summary>Null: there was no turn for the hash.</summary>
    private async Task<UserTransition?> HashAsync(HashingCaller caller, StoredUser user, string password, AuditEntry entry, SessionId? keep, CancellationToken cancellationToken) =>
        await hashing.HashAsync(caller, password, cancellationToken) is { } hash ? UserAccount.SetPassword(user, hash, entry, keep, time.GetUtcNow()) : null;

    private static Outcome? Unmet(StoredUser user, string password, string pointer) =>
        PasswordPolicy.Check(password, user.Username, pointer) is { Length: > 0 } errors ? new Outcome { Refusal = Refusal.PasswordPolicy, Errors = errors } : null;

    private static HashingCaller CallerOf(StoredUser user, AuditEntry entry) => new(IsKnown: true, user.TenantId.ToString(), Networks.WideOf(entry.Client?.Ip));
}
