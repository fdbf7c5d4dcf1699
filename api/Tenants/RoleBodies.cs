using Platform.Users;

namespace Platform.Api.Tenants;

internal sealed record RoleBody(string Name, IReadOnlyList<string> Permissions, bool BuiltIn)
{
    public static RoleBody Of(Role role) => new(role.Name, PermissionNames.ToNames(role.Permissions), RoleSet.IsBuiltIn(role.Name));
}

internal sealed record NewRoleBody
{
    public required string Name { get; init; }

    public required string[] Permissions { get; init; }
}
