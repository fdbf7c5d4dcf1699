using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Platform.Users;

/// <summary>The roles of one tenant: those built in, which nobody changes, and its own.</summary>
public sealed class RoleSet
{
    public static readonly RoleSet BuiltInOnly = new([]);

    private readonly FrozenDictionary<string, Permissions> _permissions;

    public RoleSet(ImmutableArray<Role> own) =>
        _permissions = Role.BuiltIn.Concat(own).ToFrozenDictionary(role => role.Name, role => role.Permissions, StringComparer.Ordinal);

    /// <summary>Null: there is no such role.</summary>
    public Permissions? Find(string name) => _permissions.TryGetValue(name, out var permissions) ? permissions : null;

    public IEnumerable<string> Names => _permissions.Keys;

    /// <summary>Tenant-wide permissions of a user. A role counts alone; one that does not exist (any more) gives nothing.</summary>
    public Permissions Of(string? role, Permissions own) => role is null ? own : Find(role) ?? Permissions.None;
}
