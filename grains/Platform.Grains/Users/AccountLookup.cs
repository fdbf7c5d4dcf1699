using Platform.Security;
using Platform.Tenants;

namespace Platform.Users;

/// <summary>What a tenant and a name, typed by anybody, lead to. Absent parts are ids that nobody can have, so that later steps do the same work.</summary>
internal readonly record struct AccountLookup(TenantId Tenant, string UsernameBlindIndex, SignInRules? Rules, UserId User, bool UserExists);

internal static class AccountLookups
{
    /// <summary>
    /// The same calls whatever exists (row LOGIN). What is absent has an id of its own: guesses at one must not slow down those at another, nor may it be in memory
    /// when what exists is not, or answers and times would tell which are absent.
    /// </summary>
    public static async Task<AccountLookup> FindAccountAsync(
        this IGrainFactory grains, UsernameBlindIndex names, string slugOrId, string username, CancellationToken cancellationToken)
    {
        var tenant = await grains.FindTenantAsync(slugOrId, cancellationToken) ?? names.AbsentTenant(slugOrId);
        var name = Usernames.TryNormalise(username, out var normalised) ? names.Of(tenant, normalised) : names.OfImpossible(tenant, username);
        var rules = await grains.TenantAccount(tenant).FindSignInRulesAsync(cancellationToken);
        var user = await grains.UserName(tenant, name).FindAsync(cancellationToken);
        return new AccountLookup(tenant, name, rules, user ?? names.DecoyUserId(tenant, name), user is not null);
    }

    private static async Task<TenantId?> FindTenantAsync(this IGrainFactory grains, string slugOrId, CancellationToken cancellationToken)
    {
        if (TenantId.TryParse(slugOrId, out var id)) return id;
        return Slugs.IsValid(slugOrId) ? await grains.TenantName(slugOrId).ResolveAsync(cancellationToken) : null;
    }
}
