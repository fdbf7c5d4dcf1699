using System.Collections.Immutable;
using Platform.Internal;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>The last user who can manage users stays (threat T46). This grain decides it, in turn, whatever way somebody would go.</summary>
public sealed partial class TenantGrain
{
    /// <summary>A role with many users may come to manage users at once; so many of them are counted and alerted.</summary>
    private const int KnownByRole = 20;

    public Task<ImmutableArray<UserId>> ListManagersAsync(CancellationToken cancellationToken) => Task.FromResult<ImmutableArray<UserId>>(
        state.Value is { } tenant ? [.. tenant.Managers, .. tenant.RoleManagers.Select(m => m.UserId)] : []);

    public async Task<bool> PrepareEligibilityChangeAsync(UserId user, ManagerEligibility next, CancellationToken cancellationToken)
    {
        if (state.Value is not { } tenant || !Managers.Counts(tenant, user)) return true;
        var changed = Managers.Manages(tenant, next) ? Managers.With(tenant, user, next.Role) : Managers.Without(tenant, user);
        if (Managers.IsEmpty(changed)) changed = await WithOthersAsync(changed, user, limit: 1, cancellationToken);
        if (Managers.IsEmpty(changed)) return false;
        await SaveAsync(changed, cancellationToken);
        return true;
    }

    public async Task CommitEligibilityChangeAsync(UserId user, ManagerEligibility now, CancellationToken cancellationToken)
    {
        if (state.Value is not { } tenant || Managers.Counts(tenant, user) || !Managers.Manages(tenant, now)) return;
        await SaveAsync(Managers.With(tenant, user, now.Role), cancellationToken);
    }

    /// <summary>
    /// Adds users who manage but are not counted: a role has come to manage users after it was given to them. The table of users only suggests; each is asked,
    /// and says nothing while its eligibility is being changed.
    /// </summary>
    private async Task<StoredTenant> WithOthersAsync(StoredTenant tenant, UserId? except, int limit, CancellationToken cancellationToken)
    {
        var added = 0;
        foreach (var role in tenant.Roles.Where(role => Rights.Holds(role.Permissions, Permissions.ManageUsers)))
        {
            foreach (var user in await users.ListHoldersAsync(_id, role.Name, KnownByRole, cancellationToken))
            {
                if (added == limit) return tenant;
                if (user == except || Managers.Counts(tenant, user)) continue;
                if (await GrainFactory.UserInternal(user).FindEligibilityAsync(cancellationToken) is not { } eligibility || !Managers.Manages(tenant, eligibility)) continue;
                tenant = Managers.With(tenant, user, eligibility.Role);
                added++;
            }
        }

        return tenant;
    }
}
