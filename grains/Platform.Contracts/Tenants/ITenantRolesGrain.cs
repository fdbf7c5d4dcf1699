using Platform.Users;

namespace Platform.Tenants;

/// <summary>A tenant's roles (row ROLES; key: <see cref="TenantId"/>). All calls: <see cref="Permissions.ManageUsers"/>; <see cref="Refusal.NotFound"/> to others than members.</summary>
/// <remarks>Nobody puts into a role, or takes out of one, what they do not hold. A change holds for the next call of every live session.</remarks>
[Alias("platform.ITenantRolesGrain")]
public interface ITenantRolesGrain : IGrainWithStringKey
{
    /// <summary>Built-in ones too, by name.</summary>
    [Alias("List")]
    Task<Outcome<Page<Role>>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidRequest"/>, <see cref="Refusal.RoleTaken"/>.</summary>
    /// <param name="actor">Who makes it.</param>
    /// <param name="role">As it shall be.</param>
    /// <param name="takenOver">An earlier try, whose outcome is open, may have made it: then the very same role is no refusal.</param>
    /// <param name="cancellationToken">Of the call.</param>
    [Alias("Add")]
    Task<Outcome<Role>> AddAsync(Actor actor, Role role, bool takenOver, CancellationToken cancellationToken);

    /// <summary>Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.NotFound"/>, <see cref="Refusal.RoleBuiltIn"/>, <see cref="Refusal.LastManager"/>.</summary>
    [Alias("Change")]
    Task<Outcome<Role>> ChangeAsync(Actor actor, Role role, CancellationToken cancellationToken);

    /// <summary>Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.NotFound"/>, <see cref="Refusal.RoleBuiltIn"/>, <see cref="Refusal.RoleInUse"/>.</summary>
    [Alias("Remove")]
    Task<Outcome> RemoveAsync(Actor actor, string name, CancellationToken cancellationToken);
}
