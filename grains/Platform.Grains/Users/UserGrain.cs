using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Internal;
using Platform.Listing;
using Platform.Notifications;
using Platform.Privacy;
using Platform.SecondFactors;
using Platform.Security;
using Platform.Sessions;
using Platform.SignIn;
using Platform.State;

namespace Platform.Users;

/// <summary>
/// Owns one user. Account and profile here; rights and status, the list of sessions, reset links, the steps of a sign-in and second factors in files of their own.
/// </summary>
public sealed partial class UserGrain(
    [CommittedState(StateNames.User)] Committed<StoredUser> state,
    IUserTable users,
    IScenarioTable scenarios,
    LiveTenantLookup tenants,
    SessionEviction recall,
    PasswordHashing hashing,
    PasswordVerifier passwords,
    AuditLog audit,
    Notifier notifier,
    MasterKey master,
    FactorSecrets secrets,
    UsernameBlindIndex names,
    IErasures erasures,
    IOptions<SessionOptions> options,
    IOptions<PlatformOptions> platform,
    TimeProvider time) : Grain, IUserGrain, IUserGrainInternal, ISecondFactorsGrain
{
    private readonly string _environment = platform.Value.Environment;
    private readonly SessionOptions _options = options.Value;
    private UserId _id;

    /// <summary>What the directory is known to show; goes into storage with the next write, so that it costs none of its own.</summary>
    private int _listedVersion;

    /// <summary>One that is being deleted is not there any more.</summary>
    private StoredUser? Present => state.Value is { Deleted: false } user ? user : null;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = PrefixedId.Parse<UserId>(this.GetPrimaryKeyString());
        if (state.Value is not { } user) return;
        _listedVersion = user.ListedVersion;
        if (user.Deleted)
        {
            // What is found by name and addresses comes first; that takes calls to other grains (see EraseAsync).
            if (user.Erasing) return;
            await RemoveAsync(cancellationToken);
            return;
        }

        if (user.ListedVersion != user.Version) await ListAsync(user, cancellationToken);
    }

    public async Task<UserView> CreateAsync(NewAccount account, CancellationToken cancellationToken)
    {
        if (state.Value is { } made)
        {
            // The same creation again, after its maker did not live to see the answer.
            if (made.TenantId == account.TenantId && made.NormalisedName == account.NormalisedName) return ViewOf(made);
            throw new InvalidOperationException("A user id is never used twice.");
        }

        var now = time.GetUtcNow();
        var user = new StoredUser
        {
            TenantId = account.TenantId,
            Username = account.Username,
            NormalisedName = account.NormalisedName,
            Email = account.Email,
            PasswordHash = account.PasswordHash,
            Permissions = account.Permissions,
            Role = account.Role,
            Status = UserStatus.Active,
            CreatedAt = now,
            PasswordChangedAt = now,
        };
        return await SaveAsync(user, Created(user, account.Actor), cancellationToken);
    }

    public Task<bool> ExistsAsync(CancellationToken cancellationToken) => Task.FromResult(Present is not null);

    public Task<Credential?> FindCredentialAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Present is { } user ? new Credential(user.PasswordHash, user.Status, user.PasswordVersion) : null);

    public Task<UserContact?> FindContactAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Present is { } user ? new UserContact(user.Username, user.Email) : null);

    public async Task<Outcome<UserView>> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Read, orSelf: true);
        if (refusal != Refusal.None) return refusal;
        var view = ViewOf(state.Value!);
        return view with { Permissions = (await RolesAsync(view.TenantId, cancellationToken)).Of(view.Role, view.Permissions) };
    }

    public async Task<Outcome> ChangePasswordAsync(Actor actor, PasswordChange change, CancellationToken cancellationToken)
    {
        if (!IsSelf(actor)) return Refusal.NotFound;
        var user = state.Value!;
        var attempt = await TryOwnPasswordAsync(user, change.CurrentPassword, actor, AuditActions.UserPasswordChanged, cancellationToken);
        if (attempt.Refusal != Refusal.None) return attempt.ToOutcome();
        var told = By(actor, user, AuditActions.UserPasswordChanged, AuditChanges.Secret("/password"));
        var set = await SetPasswordAsync(user, change.NewPassword, told, keep: actor.SessionId, cancellationToken);
        if (!set.Succeeded) return set;
        // Last, so that after a failure the holder still has a token that works and can see what became of it.
        await GrainFactory.Session(actor.SessionId).RotateAsync(change.NewSecretHash, cancellationToken);
        return Outcome.Done;
    }

    /// <summary>One write sets the password, uses an open reset link up and takes all sessions but <paramref name="keep"/> off the list; then they are ended.</summary>
    private async Task<Outcome> SetPasswordAsync(StoredUser user, string password, AuditEntry told, SessionId? keep, CancellationToken cancellationToken)
    {
        var unmet = PasswordPolicy.Check(password, user.Username, "/newPassword");
        if (unmet.Length > 0) return new Outcome { Refusal = Refusal.PasswordPolicy, Errors = unmet };
        if (await hashing.HashAsync(password, cancellationToken) is not { } hash) return Refusal.Busy;

        var ended = user.Sessions.RemoveAll(s => s.Id == keep);
        await SaveAsync(
            WithPassword(user, hash) with { Sessions = user.Sessions.RemoveRange(ended) }, With(told, ended, SessionState.PasswordChanged), cancellationToken);
        await EndAllAsync(ended, SessionState.PasswordChanged, cancellationToken);
        await NotifyAsync(user, NotificationTemplates.PasswordChanged, cancellationToken);
        return Outcome.Done;
    }

    private async Task NotifyAsync(
        StoredUser user, string template, CancellationToken cancellationToken, params (string Key, string Value)[] more)
    {
        var tenant = await GrainFactory.TenantInternal(user.TenantId).FindAsync(cancellationToken);
        var message = notifier.Compose(NotificationChannel.Email, _id, user.Email, template, [("tenant", tenant?.Slug ?? ""), ("username", user.Username), .. more]);
        await notifier.EnqueueAsync([message], cancellationToken);
    }

    /// <summary>Absent, foreign and hidden are one answer.</summary>
    private Refusal Refuse(Actor actor, Permissions needed, bool orSelf)
    {
        if (Present is not { } user || user.TenantId != actor.TenantId) return Refusal.NotFound;
        return (orSelf && actor.UserId == _id) || actor.Holds(needed) ? Refusal.None : Refusal.Forbidden;
    }

    /// <summary>An account that the actor may manage and that holds nothing that the actor lacks.</summary>
    private async Task<Refusal> RefuseManagementAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.ManageUsers, orSelf: false);
        if (refusal != Refusal.None) return refusal;
        var user = state.Value!;
        var roles = await RolesAsync(user.TenantId, cancellationToken);
        return Rights.CanManage(actor.Permissions, roles.Of(user.Role, user.Permissions)) ? Refusal.None : Refusal.Forbidden;
    }

    /// <summary>Writes the state, without the proofs that wait for an account that is now another, and, where what it shows has changed, the directory.</summary>
    private async Task<UserView> SaveAsync(StoredUser next, CancellationToken cancellationToken)
    {
        var before = state.Value;
        if (before is not null && !WaitingProofs.Survive(before, next)) next = WaitingProofs.Cleared(next);
        var shown = before is null || ViewOf(before) != ViewOf(next);
        var versioned = next with { Version = shown ? next.Version + 1 : next.Version, ListedVersion = _listedVersion };
        await state.CommitAsync(versioned, cancellationToken);
        if (shown) await ListAsync(versioned, cancellationToken);
        return ViewOf(versioned);
    }

    private async Task ListAsync(StoredUser user, CancellationToken cancellationToken)
    {
        await users.SaveAsync(ViewOf(user), UsernameBlindIndexOf(user), cancellationToken);
        _listedVersion = user.Version;
    }

    private string UsernameBlindIndexOf(StoredUser user) => names.Of(user.TenantId, user.NormalisedName);

    private UserView ViewOf(StoredUser user) => new()
    {
        Id = _id,
        TenantId = user.TenantId,
        Username = user.Username,
        Email = user.Email,
        Status = user.Status,
        Permissions = RoleSet.BuiltInOnly.Of(user.Role, user.Permissions),
        Role = user.Role,
        CreatedAt = user.CreatedAt,
        PasswordChangedAt = user.PasswordChangedAt,
    };
}
