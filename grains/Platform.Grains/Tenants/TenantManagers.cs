using Platform.Authorization;
using Platform.Internal;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>The last user who can manage users stays (threat T46). The tenant's grain decides it, in turn, whatever way somebody would go.</summary>
internal sealed class TenantManagers(UserTable users, IGrainFactory grains)
{
    /// <summary>A role with many users may come to manage users at once; so many of them are counted and alerted.</summary>
    private const int KnownByRole = 20;

    /// <inheritdoc cref="ITenantGrainInternal.PrepareEligibilityChangeAsync"/>
    public async Task<bool> PrepareChangeAsync(CommittedTenant account, UserId user, ManagerEligibility next, CancellationToken cancellationToken)
    {
        if (account.Stored is not { } tenant || !Managers.Counts(tenant, user)) return true;
        var changed = Managers.Manages(tenant, next) ? Managers.With(tenant, user, next.Role) : Managers.Without(tenant, user);
        if (Managers.IsEmpty(changed)) changed = await WithOthersAsync(account.Id, changed, user, limit: 1, cancellationToken);
        if (Managers.IsEmpty(changed)) return false;
        await account.SaveAsync(changed, cancellationToken);
        return true;
    }

    /// <inheritdoc cref="ITenantGrainInternal.CommitEligibilityChangeAsync"/>
    public static async Task CommitChangeAsync(CommittedTenant account, UserId user, ManagerEligibility now, CancellationToken cancellationToken)
    {
        if (account.Stored is not { } tenant || Managers.Counts(tenant, user) || !Managers.Manages(tenant, now)) return;
        await account.SaveAsync(Managers.With(tenant, user, now.Role), cancellationToken);
    }

    /// <summary>The tenant after its role has become another. Nobody left: the last one would go with it.</summary>
    /// <param name="id">The tenant's.</param>
    /// <param name="next">With the role as it is to be.</param>
    /// <param name="before">The role as it was.</param>
    /// <param name="role">As it is to be.</param>
    public async Task<StoredTenant> AfterRoleChangeAsync(TenantId id, StoredTenant next, Role before, Role role, CancellationToken cancellationToken)
    {
        if (!role.Permissions.Holds(Permissions.ManageUsers))
        {
            next = Managers.WithoutRole(next, role.Name);
            return Managers.IsEmpty(next) ? await WithOthersAsync(id, next, except: null, limit: 1, cancellationToken) : next;
        }

        return before.Permissions.Holds(Permissions.ManageUsers) ? next : await WithOthersAsync(id, next, except: null, KnownByRole, cancellationToken);
    }

    /// <summary>
    /// Adds users who manage but are not counted: a role has come to manage users after it was given to them. The table of users only suggests; each is asked,
    /// and says nothing while its eligibility is being changed.
    /// </summary>
    private async Task<StoredTenant> WithOthersAsync(TenantId id, StoredTenant tenant, UserId? except, int limit, CancellationToken cancellationToken)
    {
        var added = 0;
        foreach (var role in tenant.Roles.Where(role => role.Permissions.Holds(Permissions.ManageUsers)))
        {
            foreach (var user in await users.ListHoldersAsync(id, role.Name, KnownByRole, cancellationToken))
            {
                if (added == limit) return tenant;
                if (user == except || Managers.Counts(tenant, user)) continue;
                if (await grains.UserInternal(user).FindEligibilityAsync(cancellationToken) is not { } eligibility || !Managers.Manages(tenant, eligibility)) continue;
                tenant = Managers.With(tenant, user, eligibility.Role);
                added++;
            }
        }

        return tenant;
    }
}
