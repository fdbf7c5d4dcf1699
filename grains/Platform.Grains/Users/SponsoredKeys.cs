using Platform.Internal;

namespace Platform.Users;

/// <summary>
/// Tells the tenant's API keys what the user may do for whom they may count (decision 109). Of users who can manage nobody too: what their role gives may grow later, and the keys have to know by then which
/// one it is.
/// </summary>
internal sealed class SponsoredKeys(IGrainFactory grains)
{
    /// <summary>Before the change is written: the user's keys count for no more than what is left. A failure keeps the change from being made.</summary>
    /// <param name="id">Whose account.</param>
    /// <param name="user">As it is.</param>
    /// <param name="next">As it is to be.</param>
    /// <param name="roles">Of the tenant.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public Task NarrowAsync(UserId id, StoredUser user, StoredUser next, RoleSet roles, CancellationToken cancellationToken)
    {
        if (UserAccount.EligibilityOf(user) == UserAccount.EligibilityOf(next)) return Task.CompletedTask;
        var status = user.Status == UserStatus.Active ? next.Status : user.Status;
        var kept = roles.Of(user.Role, user.Permissions) & roles.Of(next.Role, next.Permissions);
        return grains.ApiKeySponsors(user.TenantId).NarrowAsync(id, new ManagerEligibility(status, kept, Role: null), cancellationToken);
    }

    /// <summary>Before the user goes.</summary>
    public Task NarrowToNothingAsync(UserId id, TenantId tenant, CancellationToken cancellationToken) => grains.ApiKeySponsors(tenant).NarrowAsync(id, kept: null, cancellationToken);

    /// <summary>After it is written. The same again changes nothing, so that who repeats a call that was cut off puts it right.</summary>
    /// <param name="id">Whose account.</param>
    /// <param name="tenant">Where it is at home.</param>
    /// <param name="now">As it is; null: it is gone.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public Task SettleAsync(UserId id, TenantId tenant, StoredUser? now, CancellationToken cancellationToken) =>
        grains.ApiKeySponsors(tenant).SettleAsync(id, now is null ? null : UserAccount.EligibilityOf(now), cancellationToken);
}
