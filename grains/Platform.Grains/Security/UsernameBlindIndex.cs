using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Platform.Text;

namespace Platform.Security;

/// <summary>
/// What stands for a user's name in grain keys and tables: a keyed hash, by which a name is found and kept unique and which tells nothing to who has no
/// index key (decisions 54 and 115). Names of different tenants have nothing in common.
/// </summary>
internal sealed class UsernameBlindIndex(IndexKey index)
{
    private byte[] Key => index.Derive("name-index");

    /// <param name="tenant">Names are unique within it.</param>
    /// <param name="normalisedName">From <see cref="Usernames.TryNormalise"/>.</param>
    /// <returns>64 hex digits: fit for a grain key.</returns>
    public string Of(TenantId tenant, string normalisedName) => Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes($"{tenant}/{normalisedName}")));

    /// <summary>By which lists find users by address, without regard to case. Users may share one.</summary>
    /// <param name="tenant">Addresses of different tenants have nothing in common.</param>
    /// <param name="comparable">The address in the form in which addresses are compared.</param>
    public string OfEmail(TenantId tenant, string comparable) => Convert.ToHexStringLower(Hash($"email/{tenant}/", comparable));

    /// <summary>What stands for a text that breaks the rules of names: a key that no registration computes, and another one for each text.</summary>
    /// <param name="tenant">Where it was typed.</param>
    /// <param name="typed">Anything.</param>
    public string OfImpossible(TenantId tenant, string typed) => Convert.ToHexStringLower(Hash($"impossible-name/{tenant}/", typed));

    /// <summary>An id that nothing has, for what was typed and is no tenant; each its own.</summary>
    /// <remarks>Keyed too: it stands in tables, and what was typed may have been a password.</remarks>
    public TenantId AbsentTenant(string typed) => TenantId.From(Absent("absent-tenant/", typed));

    /// <inheritdoc cref="AbsentTenant"/>
    public UserId DecoyUserId(TenantId tenant, string blindIndex) => UserId.From(Absent("absent-user/", $"{tenant}/{blindIndex}"));

    // Its version (8, RFC 9562) is one that is never given.
    private Guid Absent(string kind, string what)
    {
        var hash = Hash(kind, what);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>Over the UTF-16 code units: UTF-8 would make all halves of surrogate pairs one text.</summary>
    private byte[] Hash(string kind, string text) => HMACSHA256.HashData(Key, (byte[])[.. Encoding.ASCII.GetBytes(kind), .. MemoryMarshal.AsBytes(text.AsSpan())]);
}
