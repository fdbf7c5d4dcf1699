using Platform.Internal;
using Platform.Security;
using Platform.Tenants;
using Platform.Text;

namespace Platform.SignIn;

/// <summary>What a tenant and a name, typed by anybody, lead to. Absent parts are ids that nobody can have, so that later steps do the same work.</summary>
internal readonly record struct ResolvedAccount(TenantId Tenant, string UsernameBlindIndex, SignInRules? Rules, UserId User, bool UserExists);

/// <summary>Finds accounts by what was typed, and whose account a throttle counts for.</summary>
internal sealed class AccountResolver(IGrainFactory grains, UsernameBlindIndex names)
{
    /// <summary>
    /// The same calls whatever exists (row LOGIN). What is absent has an id of its own: guesses at one must not slow down those at another, nor may it be in memory
    /// when what exists is not, or answers and times would tell which are absent.
    /// </summary>
    internal async Task<ResolvedAccount> ResolveAsync(string slugOrId, string username, CancellationToken cancellationToken)
    {
        var tenant = await FindTenantAsync(slugOrId, cancellationToken) ?? names.AbsentTenant(slugOrId);
        var name = Usernames.TryNormalise(username, out var normalised) ? names.Of(tenant, normalised) : names.OfImpossible(tenant, username);
        var rules = await grains.TenantInternal(tenant).FindSignInRulesAsync(cancellationToken);
        var user = await grains.UserName(tenant, name).FindAsync(cancellationToken);
        return new ResolvedAccount(tenant, name, rules, user ?? names.DecoyUserId(tenant, name), user is not null);
    }

    /// <summary>The user who has the name now, or the id that stands for nobody.</summary>
    /// <param name="key">Of a throttle, see <see cref="SignInAccounts.Key"/>.</param>
    public async Task<UserId> FindSubjectAsync(string key)
    {
        if (!SignInAccounts.TryParse(key, out var tenant, out var blindIndex)) throw new ArgumentException("Not the key of a guard.", nameof(key));
        return await grains.UserName(tenant, blindIndex).FindAsync(default) ?? names.DecoyUserId(tenant, blindIndex);
    }

    private async Task<TenantId?> FindTenantAsync(string slugOrId, CancellationToken cancellationToken)
    {
        if (TenantId.TryParse(slugOrId, out var id)) return id;
        return Slugs.IsValid(slugOrId) ? await grains.TenantName(slugOrId).ResolveAsync(cancellationToken) : null;
    }
}
