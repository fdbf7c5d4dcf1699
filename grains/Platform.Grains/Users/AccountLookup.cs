using Platform.Tenants;

namespace Platform.Users;

/// <summary>What a tenant and a name, typed by anybody, lead to. Absent parts are ids that nobody can have, so that later steps do the same work.</summary>
internal readonly record struct AccountLookup(TenantId Tenant, string NormalisedName, SignInRules? Rules, UserId User);

internal static class AccountLookups
{
    /// <summary>The same calls whatever exists (row LOGIN).</summary>
    public static async Task<AccountLookup> FindAccountAsync(this IGrainFactory grains, string slugOrId, string username, CancellationToken cancellationToken)
    {
        var tenant = await grains.FindTenantAsync(slugOrId, cancellationToken) ?? TenantId.From(Guid.Empty);
        var name = Usernames.TryNormalise(username, out var normalised) ? normalised : "-";
        var rules = await grains.TenantAccount(tenant).FindSignInRulesAsync(cancellationToken);
        var user = await grains.UserName(tenant, name).FindAsync(cancellationToken) ?? UserId.From(Guid.Empty);
        return new AccountLookup(tenant, name, rules, user);
    }

    private static async Task<TenantId?> FindTenantAsync(this IGrainFactory grains, string slugOrId, CancellationToken cancellationToken)
    {
        if (TenantId.TryParse(slugOrId, out var id)) return id;
        return Slugs.IsValid(slugOrId) ? await grains.TenantName(slugOrId).ResolveAsync(cancellationToken) : null;
    }
}
