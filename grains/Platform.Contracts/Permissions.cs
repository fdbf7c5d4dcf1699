namespace Platform;

/// <summary>What a user may do in its tenant (row ROLES). Stored as numbers: values are for ever.</summary>
[Flags]
public enum Permissions
{
    None = 0,
    Read = 1,
    Edit = 2,
    Collaborate = 4,
    ManageUsers = 8,

    /// <summary>Run the platform. Only users of the platform's own tenant can hold it.</summary>
    Operate = 16,

    /// <summary>Everything that a tenant can grant.</summary>
    Owner = Read | Edit | Collaborate | ManageUsers,
}

public static class PermissionSet
{
    /// <summary>Whether all that is needed is there.</summary>
    public static bool Holds(this Permissions held, Permissions needed) => (held & needed) == needed;
}

/// <summary>Names of permissions as they stand in the API.</summary>
public static class PermissionNames
{
    private static readonly (Permissions Value, string Name)[] Names =
    [
        (Permissions.ManageUsers, "manage-users"),
        (Permissions.Collaborate, "collaborate"),
        (Permissions.Edit, "edit"),
        (Permissions.Read, "read"),
        (Permissions.Operate, "operate"),
    ];

    private static readonly string[]?[] Printed = new string[]?[32];
    private static readonly string?[] Scopes = new string?[32];

    /// <summary>The names of a set; the same array for the same set, so that the hot path allocates nothing.</summary>
    public static IReadOnlyList<string> ToNames(Permissions permissions) =>
        Printed[(int)permissions & 31] ??= [.. Names.Where(n => permissions.HasFlag(n.Value)).Select(n => n.Name)];

    /// <summary>The names of a set as a scope of OAuth (RFC 6749, 3.3), the same text for the same set; null for none, since no scope is empty.</summary>
    public static string? ToScope(Permissions permissions) =>
        permissions == Permissions.None ? null : Scopes[(int)permissions & 31] ??= string.Join(' ', ToNames(permissions));

    public static bool TryParse(string? name, out Permissions permission)
    {
        permission = Names.FirstOrDefault(n => n.Name == name).Value;
        return permission != Permissions.None;
    }
}
