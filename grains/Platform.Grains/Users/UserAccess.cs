using Platform.Authorization;
using Platform.Internal;
using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Users;

/// <summary>What the user's tenant decides: with which roles, from where, and whether anybody gets in now.</summary>
internal sealed class UserAccess(LiveTenantLookup tenants, IGrainFactory grains)
{
    public async ValueTask<RoleSet> RolesAsync(TenantId tenant, CancellationToken cancellationToken) =>
        (await tenants.FindAsync(tenant, cancellationToken))?.Roles ?? RoleSet.BuiltInOnly;

    /// <summary>An account that the actor may manage and that holds nothing that the actor lacks.</summary>
    public async Task<Refusal> RefuseManagementAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken)
    {
        var refusal = UserAccount.Refuse(account.Id, account.Present, actor, Permissions.ManageUsers, orSelf: false);
        if (refusal != Refusal.None) return refusal;
        var user = account.Stored!;
        var roles = await RolesAsync(user.TenantId, cancellationToken);
        return Rights.CanManage(actor.Permissions, roles.Of(user.Role, user.Permissions)) ? Refusal.None : Refusal.Forbidden;
    }

    /// <summary>One's own account, or one that the actor may manage.</summary>
    public async Task<Refusal> RefuseUnlessOwnAsync(CommittedUser account, Actor actor, CancellationToken cancellationToken) => actor.UserId == account.Id
        ? UserAccount.Refuse(account.Id, account.Present, actor, Permissions.ManageUsers, orSelf: true)
        : await RefuseManagementAsync(account, actor, cancellationToken);

    public async Task<bool> AllowsFromAsync(UserId id, StoredUser user, string? ip, CancellationToken cancellationToken) =>
        await tenants.FindAsync(user.TenantId, cancellationToken) is { } tenant && tenant.AllowsFrom(id, ip);

    /// <summary>By the tenant's IP rules; and the page, if one asks, belongs to a domain that is proven now.</summary>
    public async Task<Refusal> RefuseFromAsync(UserId id, StoredUser user, string? ip, PageOrigin? page, CancellationToken cancellationToken)
    {
        var tenant = await tenants.FindAsync(user.TenantId, cancellationToken);
        if (tenant?.AllowsFrom(id, ip) != true) return Refusal.IpNotAllowed;
        return page is null || tenant.AllowsFrom(page) ? Refusal.None : Refusal.OriginNotAllowed;
    }

    /// <summary>Null: nobody gets in to the tenant now. Suspending it and ending all its sessions make a new one, and what was handed out under an older one is void.</summary>
    public async Task<int?> FindEpochAsync(StoredUser user, CancellationToken cancellationToken) =>
        await FindSignInRulesAsync(user.TenantId, cancellationToken) is { Status: TenantStatus.Active } rules ? rules.Epoch : null;

    public Task<SignInRules?> FindSignInRulesAsync(TenantId tenant, CancellationToken cancellationToken) => grains.TenantInternal(tenant).FindSignInRulesAsync(cancellationToken);

    public Task<TenantView?> FindTenantAsync(TenantId tenant, CancellationToken cancellationToken) => grains.TenantInternal(tenant).FindAsync(cancellationToken);
}
