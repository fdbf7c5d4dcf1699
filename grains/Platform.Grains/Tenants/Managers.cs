using System.Collections.Immutable;
using Platform.Authorization;
using Platform.Internal;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>
/// Who is known to manage users in a tenant, and by what. Pure. Those known are never more than there are, and never none: whoever is counted as the reason why
/// another may go can manage users for certain.
/// </summary>
internal static class Managers
{
    public static bool Manages(StoredTenant tenant, ManagerEligibility eligibility) =>
        eligibility.Status == UserStatus.Active
        && new RoleSet(tenant.Roles).Of(eligibility.Role, eligibility.Permissions).Holds(Permissions.ManageUsers);

    public static ImmutableArray<UserId> Of(StoredTenant tenant) => [.. tenant.Managers, .. tenant.RoleManagers.Select(m => m.UserId)];

    public static bool Counts(StoredTenant tenant, UserId user) => tenant.Managers.Contains(user) || tenant.RoleManagers.Any(m => m.UserId == user);

    public static bool IsEmpty(StoredTenant tenant) => tenant.Managers.IsEmpty && tenant.RoleManagers.IsEmpty;

    public static StoredTenant Without(StoredTenant tenant, UserId user) =>
        tenant with { Managers = tenant.Managers.Remove(user), RoleManagers = tenant.RoleManagers.RemoveAll(m => m.UserId == user) };

    /// <summary>An own role may lose the right later, so it is remembered as the source.</summary>
    public static StoredTenant With(StoredTenant tenant, UserId user, string? role)
    {
        var others = Without(tenant, user);
        return role is null || Role.IsBuiltIn(role)
            ? others with { Managers = others.Managers.Add(user) }
            : others with { RoleManagers = others.RoleManagers.Add(new RoleManager(user, role)) };
    }

    public static StoredTenant WithoutRole(StoredTenant tenant, string role) => tenant with { RoleManagers = tenant.RoleManagers.RemoveAll(m => m.Role == role) };
}
