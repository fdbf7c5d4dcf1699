using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Platform.Tenants;

namespace Platform.Users;

/// <summary>What a tenant and a name, typed by anybody, lead to. Absent parts are ids that nobody can have, so that later steps do the same work.</summary>
internal readonly record struct AccountLookup(TenantId Tenant, string NormalisedName, SignInRules? Rules, UserId User, bool UserExists);

internal static class AccountLookups
{
    /// <summary>The same calls whatever exists (row LOGIN).</summary>
    public static async Task<AccountLookup> FindAccountAsync(this IGrainFactory grains, string slugOrId, string username, CancellationToken cancellationToken)
    {
        var tenant = await grains.FindTenantAsync(slugOrId, cancellationToken) ?? TenantId.From(Absent(slugOrId));
        var name = Usernames.TryNormalise(username, out var normalised) ? normalised : "-";
        var rules = await grains.TenantAccount(tenant).FindSignInRulesAsync(cancellationToken);
        var user = await grains.UserName(tenant, name).FindAsync(cancellationToken);
        return new AccountLookup(tenant, name, rules, user ?? UserId.From(Absent($"{tenant}/{name}")), user is not null);
    }

    /// <summary>
    /// The id of what is absent, each its own: guesses at one must not slow down those at another, nor may it be in memory when what exists is not, or answers
    /// and times would tell which are absent. Its version (8, RFC 9562) is one that nothing has.
    /// </summary>
    private static Guid Absent(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    private static async Task<TenantId?> FindTenantAsync(this IGrainFactory grains, string slugOrId, CancellationToken cancellationToken)
    {
        if (TenantId.TryParse(slugOrId, out var id)) return id;
        return Slugs.IsValid(slugOrId) ? await grains.TenantName(slugOrId).ResolveAsync(cancellationToken) : null;
    }
}
