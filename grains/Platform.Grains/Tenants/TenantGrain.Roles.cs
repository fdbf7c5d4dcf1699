using System.Buffers;
using Platform.Audit;
using Platform.Listing;
using Platform.Users;

namespace Platform.Tenants;

public sealed partial class TenantGrain
{
    private const int MaxRoles = 100;
    private const int MaxRoleNameLength = 64;

    private static readonly SearchValues<char> RoleNameLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public Task<Outcome<Page<Role>>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var refusal = RefuseManagement(actor);
        return Task.FromResult<Outcome<Page<Role>>>(
            refusal == Refusal.None ? Pages.Of(RoleSet.BuiltIn.Concat(state.Value!.Roles), page, role => role.Name) : refusal);
    }

    public async Task<Outcome<Role>> AddAsync(Actor actor, Role role, bool takenOver, CancellationToken cancellationToken)
    {
        var refusal = RefuseManagement(actor);
        if (refusal != Refusal.None) return refusal;
        var tenant = state.Value!;
        if (!IsRoleName(role.Name))
        {
            return InputErrors.Of(new InputError("/name", "invalid_name", $"Use 1 to {MaxRoleNameLength} of a-z, 0-9 and hyphen, beginning with a letter."));
        }

        if (Find(tenant, role.Name) is { } known) return takenOver && known == role ? known : Refusal.RoleTaken;
        if (tenant.Roles.Length >= MaxRoles) return InputErrors.Of(new InputError("", "too_many_roles", $"A tenant has at most {MaxRoles} roles of its own."));
        if (!Rights.MayChange(actor.Permissions, Permissions.None, role.Permissions)) return Refusal.Forbidden;
        await SaveAsync(tenant with { Roles = tenant.Roles.Add(role) }, By(actor, AuditActions.RoleCreated, PartyOf(role), ChangeOf(null, role)), cancellationToken);
        return role;
    }

    public async Task<Outcome<Role>> ChangeAsync(Actor actor, Role role, CancellationToken cancellationToken)
    {
        var refusal = RefuseManagement(actor);
        if (refusal != Refusal.None) return refusal;
        var tenant = state.Value!;
        if (Find(tenant, role.Name) is not { } before) return Refusal.NotFound;
        if (RoleSet.IsBuiltIn(role.Name)) return Refusal.RoleBuiltIn;
        if (!Rights.MayChange(actor.Permissions, before.Permissions, role.Permissions)) return Refusal.Forbidden;

        var next = tenant with { Roles = tenant.Roles.Replace(before, role) };
        if (!Rights.Holds(role.Permissions, Permissions.ManageUsers))
        {
            next = Managers.WithoutRole(next, role.Name);
            if (Managers.IsEmpty(next)) next = await WithOthersAsync(next, except: null, limit: 1, cancellationToken);
            if (Managers.IsEmpty(next)) return Refusal.LastManager;
        }
        else if (!Rights.Holds(before.Permissions, Permissions.ManageUsers))
        {
            next = await WithOthersAsync(next, except: null, KnownByRole, cancellationToken);
        }

        await SaveAsync(next, By(actor, AuditActions.RoleUpdated, PartyOf(role), ChangeOf(before, role)), cancellationToken);
        return role;
    }

    /// <summary>
    /// A role that is given to somebody in the same moment gives nothing afterwards (<see cref="RoleSet.Of"/>); nobody counts as a manager by it.
    /// </summary>
    public async Task<Outcome> RemoveAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        var refusal = RefuseManagement(actor);
        if (refusal != Refusal.None) return refusal;
        var tenant = state.Value!;
        if (Find(tenant, name) is not { } role) return Refusal.NotFound;
        if (RoleSet.IsBuiltIn(name)) return Refusal.RoleBuiltIn;
        if (tenant.RoleManagers.Any(m => m.Role == name) || (await users.ListHoldersAsync(_id, name, 1, cancellationToken)).Count > 0) return Refusal.RoleInUse;
        await SaveAsync(tenant with { Roles = tenant.Roles.Remove(role) }, By(actor, AuditActions.RoleDeleted, PartyOf(role), ChangeOf(role, null)), cancellationToken);
        return Outcome.Done;
    }

    private Refusal RefuseManagement(Actor actor)
    {
        if (state.Value is null || actor.TenantId != _id) return Refusal.NotFound;
        return actor.Holds(Permissions.ManageUsers) ? Refusal.None : Refusal.Forbidden;
    }

    private static Role? Find(StoredTenant tenant, string name) =>
        RoleSet.BuiltIn.FirstOrDefault(role => role.Name == name) ?? tenant.Roles.FirstOrDefault(role => role.Name == name);

    private static bool IsRoleName(string name) =>
        name is { Length: > 0 and <= MaxRoleNameLength } && char.IsAsciiLetterLower(name[0]) && !name.AsSpan().ContainsAnyExcept(RoleNameLetters);
}
