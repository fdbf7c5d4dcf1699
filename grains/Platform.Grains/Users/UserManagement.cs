using Platform.Audit;
using Platform.Internal;
using Platform.Sessions;

namespace Platform.Users;

/// <summary>What a user may do, and whether there is one. Each change is decided, committed and then carried to the live sessions, in that order.</summary>
public sealed partial class UserGrain
{
    /// <summary>While it is true, nobody may rely on this user's eligibility.</summary>
    private bool _changing;

    public Task<ManagerEligibility?> FindEligibilityAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Present is { } user && !_changing ? EligibilityOf(user) : null);

    public async Task<Outcome<UserView>> ChangeAsync(Actor actor, UserChange change, CancellationToken cancellationToken)
    {
        _changing = true;
        try
        {
            return await DecideAsync(actor, change, cancellationToken);
        }
        finally
        {
            _changing = false;
        }
    }

    public async Task<Outcome> DeleteAsync(Actor actor, CancellationToken cancellationToken)
    {
        _changing = true;
        try
        {
            var refusal = await RefuseManagementAsync(actor, cancellationToken);
            if (refusal != Refusal.None) return refusal;
            var user = state.Value!;
            if (!await AdmitAsync(user, user with { Status = UserStatus.Disabled }, cancellationToken)) return Refusal.LastManager;

            // From here on there is no such user; what is left goes now or, after a crash, with the next activation.
            var gone = user with { Deleted = true, Status = UserStatus.Disabled, Sessions = [], Factors = null };
            var told = With(By(actor, user, AuditActions.UserDeleted), user.Sessions, SessionState.Revoked);
            await audit.RecordThenAsync(user.TenantId, told, () => state.CommitAsync(gone, cancellationToken));
            await EndAllAsync(user.Sessions, SessionState.Revoked, cancellationToken);
            await ForgetGrantsAsync(cancellationToken);
            await RemoveAsync(cancellationToken);
            await GrainFactory.UserName(user.TenantId, UsernameBlindIndexOf(user)).ReleaseAsync(_id, cancellationToken);
            return Outcome.Done;
        }
        finally
        {
            _changing = false;
        }
    }

    private async Task<Outcome<UserView>> DecideAsync(Actor actor, UserChange change, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.ManageUsers, orSelf: false);
        if (refusal != Refusal.None) return refusal;
        var user = state.Value!;
        var roles = await RolesAsync(user.TenantId, cancellationToken);
        if (change.Email is { } email && !EmailAddresses.IsValid(email)) return InputErrors.Of(EmailAddresses.Invalid("/email"));
        if (change.Role is { } role && roles.Find(role) is null) return UserRoles.Unknown;

        var next = WithLevel(user, change) with { Email = change.Email ?? user.Email, Status = change.Status ?? user.Status };
        var (before, after) = (roles.Of(user.Role, user.Permissions), roles.Of(next.Role, next.Permissions));
        var redirected = next.Status != user.Status || next.Email != user.Email;
        if (!Rights.MayChange(actor.Permissions, before, after) || (redirected && !Rights.CanManage(actor.Permissions, before))) return Refusal.Forbidden;
        if (!await AdmitAsync(user, next, cancellationToken)) return Refusal.LastManager;

        var ended = next.Status == UserStatus.Disabled ? next.Sessions : [];
        if (next.Status == UserStatus.Disabled) next = next with { Sessions = [] };
        var view = await SaveAsync(next, Changed(actor, user, next), cancellationToken);
        if (EligibilityOf(next) != EligibilityOf(user)) await GrainFactory.TenantInternal(user.TenantId).CommitEligibilityChangeAsync(_id, EligibilityOf(next), cancellationToken);
        await EndAllAsync(ended, SessionState.UserDisabled, cancellationToken);
        await PushSubjectAsync(next, cancellationToken);
        return view with { Permissions = after };
    }

    private static StoredUser WithLevel(StoredUser user, UserChange change) =>
        change.Role is { } role ? user with { Role = role, Permissions = Permissions.None }
        : change.Permissions is { } own ? user with { Role = null, Permissions = own }
        : user;

    private static ManagerEligibility EligibilityOf(StoredUser user) => new(user.Status, user.Permissions, user.Role);

    /// <summary>False when the tenant would be left without anybody who can manage users.</summary>
    private async Task<bool> AdmitAsync(StoredUser user, StoredUser next, CancellationToken cancellationToken) =>
        EligibilityOf(user) == EligibilityOf(next)
        || await GrainFactory.TenantInternal(user.TenantId).PrepareEligibilityChangeAsync(_id, EligibilityOf(next), cancellationToken);

    private async ValueTask<RoleSet> RolesAsync(TenantId tenant, CancellationToken cancellationToken) =>
        (await tenants.FindAsync(tenant, cancellationToken))?.Roles ?? RoleSet.BuiltInOnly;

    private async Task ForgetGrantsAsync(CancellationToken cancellationToken)
    {
        foreach (var scenario in await scenarios.ListGrantedAsync(_id, cancellationToken)) await GrainFactory.ScenarioInternal(scenario).ForgetUserAsync(_id, cancellationToken);
    }

    /// <summary>
    /// Each step may have been done before. Also runs at activation, for which other grains may be waiting, so it asks none: a name whose owner does not exist can
    /// be claimed anyway, and a grant of nobody gives nothing.
    /// </summary>
    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await erasures.AddFormerAsync(_id, state.Value!.TenantId, time.GetUtcNow(), cancellationToken);
            await scenarios.RemoveGrantsAsync(_id, cancellationToken);
            await users.RemoveAsync(_id, cancellationToken);
            await state.ClearAsync(cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
