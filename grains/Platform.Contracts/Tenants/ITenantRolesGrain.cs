using Platform.Users;

namespace Platform.Tenants;

/// <summary>A tenant's roles (row ROLES; key: <see cref="TenantId"/>). All calls: <see cref="Permissions.ManageUsers"/>; <see cref="Refusal.NotFound"/> to everybody but members.</summary>
/// <remarks>Nobody adds to a role, or removes from one, a permission that they do not hold. A change holds for the next call of every live session.</remarks>
[Alias("platform.ITenantRolesGrain")]
public interface ITenantRolesGrain : IGrainWithStringKey
{
    /// <summary>All roles by name, built-in ones included.</summary>
    [Alias("List")]
    Task<Outcome<Page<Role>>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidRequest"/>, <see cref="Refusal.RoleTaken"/>.</summary>
    /// <param name="actor">Who makes it.</param>
    /// <param name="role">The new role.</param>
    /// <param name="takenOver">An earlier try with open outcome may have made the role; then the same role is no refusal.</param>
    [Alias("Add")]
    Task<Outcome<Role>> AddAsync(Actor actor, Role role, bool takenOver, CancellationToken cancellationToken);

    /// <summary>Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.NotFound"/>, <see cref="Refusal.RoleBuiltIn"/>, <see cref="Refusal.LastManager"/>.</summary>
    [Alias("Change")]
    Task<Outcome<Role>> ChangeAsync(Actor actor, Role role, CancellationToken cancellationToken);

    /// <summary>Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.NotFound"/>, <see cref="Refusal.RoleBuiltIn"/>, <see cref="Refusal.RoleInUse"/>.</summary>
    [Alias("Remove")]
    Task<Outcome> RemoveAsync(Actor actor, string name, CancellationToken cancellationToken);
}
