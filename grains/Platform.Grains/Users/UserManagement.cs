using Platform.Audit;
using Platform.Internal;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Users;

/// <summary>What a user may do, and whether there is one. Each change is decided, committed and then carried to the live sessions, in that order.</summary>
internal sealed class UserManagement(UserAccess access, UserSessions sessions, UserErasure erasure, AuditLog audit, IGrainFactory grains)
{
    public async Task<Outcome<UserView>> GetAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        var refusal = UserAccount.Refuse(account.Id, account.Present, actor, Permissions.Read, orSelf: true);
        if (refusal != Refusal.None) return refusal;
        var view = UserAccount.ViewOf(account.Id, account.Stored!);
        return view with
        {
            Permissions = (await access.RolesAsync(view.TenantId, cancellationToken)).Of(view.Role, view.Permissions),
            SecondFactors = actor.UserId == account.Id || actor.Holds(Permissions.ManageUsers) ? view.SecondFactors : null,
        };
    }

    public async Task<Outcome<UserView>> ChangeAsync(CommittedUser account, Actor actor, UserChange change, CancellationToken cancellationToken)
    {
        var refusal = UserAccount.Refuse(account.Id, account.Present, actor, Permissions.ManageUsers, orSelf: false);
        if (refusal != Refusal.None) return refusal;
        var user = account.Stored!;
        var roles = await access.RolesAsync(user.TenantId, cancellationToken);
        var changed = UserAccount.Change(account.Id, user, actor, change, roles);
        if (changed.Value is not { Next: var next } transition) return new Outcome { Refusal = changed.Refusal, Errors = changed.Errors };
        if (!await PrepareAsync(account.Id, user, next, cancellationToken)) return Refusal.LastManager;

        var view = await account.SaveAsync(next, transition.Entries, cancellationToken);
        var eligibility = UserAccount.EligibilityOf(next);
        if (eligibility != UserAccount.EligibilityOf(user)) await grains.TenantInternal(user.TenantId).CommitEligibilityChangeAsync(account.Id, eligibility, cancellationToken);
        await sessions.EndAllAsync(transition.Ended, SessionState.UserDisabled, cancellationToken);
        await sessions.PushSubjectAsync(next, cancellationToken);
        return view with { Permissions = roles.Of(next.Role, next.Permissions) };
    }

    public async Task<Outcome> DeleteAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        var refusal = await access.RefuseManagementAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        var user = account.Stored!;
        if (!await PrepareAsync(account.Id, user, user with { Status = UserStatus.Disabled }, cancellationToken)) return Refusal.LastManager;

        var deleted = UserAccount.Delete(account.Id, user, actor);
        await audit.RecordThenAsync(user.TenantId, deleted.Entries, () => account.CommitAsync(deleted.Next, cancellationToken));
        await sessions.EndAllAsync(deleted.Ended, SessionState.Revoked, cancellationToken);
        await erasure.ForgetGrantsAsync(account.Id, cancellationToken);
        await erasure.RemoveAsync(account, cancellationToken);
        await grains.UserName(user.TenantId, account.NameIndex(user)).ReleaseAsync(account.Id, cancellationToken);
        await grains.TenantUsage(user.TenantId).GiveBackAsync(TenantObject.User);
        return Outcome.Done;
    }

    /// <inheritdoc cref="IUserGrainInternal.BeginErasureAsync"/>
    public async Task<Outcome> BeginErasureAsync(CommittedUser account, Actor actor, Privacy.ErasureCertificate certificate, bool fresh, CancellationToken cancellationToken)
    {
        var refusal = await access.RefuseManagementAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        if (!fresh) return Refusal.ReauthenticationRequired;
        var user = account.Stored!;
        if (!await PrepareAsync(account.Id, user, user with { Status = UserStatus.Disabled }, cancellationToken)) return Refusal.LastManager;
        await erasure.BeginAsync(account, user, actor, certificate, cancellationToken);
        return Outcome.Done;
    }

    /// <summary>False when the tenant would be left without anybody who can manage users.</summary>
    private async Task<bool> PrepareAsync(UserId id, StoredUser user, StoredUser next, CancellationToken cancellationToken)
    {
        var eligibility = UserAccount.EligibilityOf(next);
        return UserAccount.EligibilityOf(user) == eligibility || await grains.TenantInternal(user.TenantId).PrepareEligibilityChangeAsync(id, eligibility, cancellationToken);
    }
}
