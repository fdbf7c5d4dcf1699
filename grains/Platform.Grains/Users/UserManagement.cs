using Platform.Audit;
using Platform.Internal;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Users;

/// <summary>What a user may do, and whether there is one. Each change is decided, committed and then carried to the live sessions, in that order.</summary>
internal sealed class UserManagement(
    UserAccess access, UserSessions sessions, UserEmails emails, SponsoredKeys keys, UserErasure erasure, AuditLog audit, IGrainFactory grains, TimeProvider time)
{
    public async Task<Outcome<UserView>> GetAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        var refusal = UserAccount.Refuse(account.Id, account.Present, actor, Permissions.Read, orSelf: true);
        if (refusal != Refusal.None) return refusal;
        var view = UserAccount.ViewOf(account.Id, account.Stored!);
        var shown = UserAccount.Shown(view, actor.UserId == account.Id || actor.Holds(Permissions.ManageUsers), time.GetUtcNow());
        return shown with { Permissions = (await access.RolesAsync(view.TenantId, cancellationToken)).Of(view.Role, view.Permissions) };
    }

    public async Task<Outcome<UserView>> ChangeAsync(CommittedUser account, Actor actor, UserChange change, CancellationToken cancellationToken)
    {
        var refusal = UserAccount.Refuse(account.Id, account.Present, actor, Permissions.ManageUsers, orSelf: false);
        if (refusal != Refusal.None) return refusal;
        var now = time.GetUtcNow();
        var user = change.Email is null ? account.Stored! : await account.CorrectedAsync(account.Stored!, now, cancellationToken);

        // A stolen session must not lead the manager's own account away.
        if (change.Email is not null && actor.UserId == account.Id && UserAccount.RefuseStale(user, actor, now) is not Refusal.None and var stale) return stale;
        var link = change.Email is null ? null : await emails.PrepareAsync(user, cancellationToken);
        if (change.Email is not null && link is null) return Refusal.NotFound;
        var roles = await access.RolesAsync(user.TenantId, cancellationToken);
        var changed = UserAccount.Change(account.Id, user, actor, change, roles, link);
        if (changed.Value is not { Next: var next } transition) return changed.ToRefused();
        if (!await PrepareAsync(account.Id, user, next, cancellationToken)) return Refusal.LastManager;
        await keys.NarrowAsync(account.Id, user, next, roles, cancellationToken);

        var view = await account.SaveAsync(next, transition.Entries, cancellationToken);
        var eligibility = UserAccount.EligibilityOf(next);
        if (eligibility != UserAccount.EligibilityOf(user)) await grains.TenantInternal(user.TenantId).CommitEligibilityChangeAsync(account.Id, eligibility, cancellationToken);
        await sessions.EndAllAsync(transition.Ended, SessionState.UserDisabled, cancellationToken);
        await sessions.PushSubjectAsync(next, cancellationToken);
        if (link is not null) await emails.SendAsync(account, next, link, byOwner: actor.UserId == account.Id, cancellationToken);
        if (change.Status is not null || change.Permissions is not null || change.Role is not null) await keys.SettleAsync(account.Id, user.TenantId, next, cancellationToken);
        return UserAccount.Shown(view, inFull: true, now) with { Permissions = roles.Of(next.Role, next.Permissions) };
    }

    public async Task<Outcome> DeleteAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        var refusal = await access.RefuseManagementAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        var user = account.Stored!;
        if (!await PrepareAsync(account.Id, user, user with { Status = UserStatus.Disabled }, cancellationToken)) return Refusal.LastManager;

        await RemoveAsync(account, UserAccount.Delete(user, UserAuditEntries.By(actor, account.Id, user, AuditActions.UserDeleted)), cancellationToken);
        return Outcome.Done;
    }

    /// <param name="account">Whose it is.</param>
    /// <param name="deleted">What becomes of it.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public async Task RemoveAsync(CommittedUser account, UserTransition deleted, CancellationToken cancellationToken)
    {
        var user = account.Stored!;
        await keys.NarrowToNothingAsync(account.Id, user.TenantId, cancellationToken);
        await audit.RecordThenAsync(user.TenantId, deleted.Entries, () => account.CommitAsync(deleted.Next, cancellationToken));
        await sessions.EndAllAsync(deleted.Ended, SessionState.Revoked, cancellationToken);
        await erasure.ForgetGrantsAsync(account.Id, cancellationToken);
        await erasure.RemoveAsync(account, cancellationToken);
        await grains.UserName(user.TenantId, account.NameIndex(user)).ReleaseAsync(account.Id, cancellationToken);
        await grains.TenantUsage(user.TenantId).GiveBackAsync(TenantObject.User);
        await keys.SettleAsync(account.Id, user.TenantId, now: null, cancellationToken);
    }

    /// <inheritdoc cref="IUserGrainInternal.BeginErasureAsync"/>
    public async Task<Outcome> BeginErasureAsync(CommittedUser account, Actor actor, Privacy.ErasureCertificate certificate, bool fresh, CancellationToken cancellationToken)
    {
        var refusal = await access.RefuseManagementAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        if (!fresh) return Refusal.ReauthenticationRequired;
        var user = account.Stored!;
        if (!await PrepareAsync(account.Id, user, user with { Status = UserStatus.Disabled }, cancellationToken)) return Refusal.LastManager;
        await erasure.BeginAsync(user, UserAuditEntries.By(actor, account.Id, user, AuditActions.UserErased), certificate, cancellationToken);
        return Outcome.Done;
    }

    /// <summary>False when the tenant would be left without anybody who can manage users.</summary>
    public async Task<bool> PrepareAsync(UserId id, StoredUser user, StoredUser next, CancellationToken cancellationToken)
    {
        var eligibility = UserAccount.EligibilityOf(next);
        return UserAccount.EligibilityOf(user) == eligibility || await grains.TenantInternal(user.TenantId).PrepareEligibilityChangeAsync(id, eligibility, cancellationToken);
    }
}
