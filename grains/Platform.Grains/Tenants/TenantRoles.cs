using System.Buffers;
using Microsoft.Extensions.Logging;
using Platform.Audit;
using Platform.Authorization;
using Platform.Internal;
using Platform.Paging;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>A tenant's own roles beside those built in.</summary>
internal sealed partial class TenantRoles(TenantManagers managers, UserTable users, IGrainFactory grains, ILogger<TenantRoles> logger)
{
    private const int MaxRoles = 100;
    private const int MaxNameLength = 64;

    private static readonly SearchValues<char> NameLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static Outcome<Page<Role>> List(CommittedTenant account, Actor actor, PageRequest page)
    {
        var refusal = TenantSettings.RefuseManagement(account.Id, account.Stored, actor);
        return refusal == Refusal.None ? Pages.Of(Role.BuiltIn.Concat(account.Stored!.Roles), page, role => role.Name) : refusal;
    }

    public static async Task<Outcome<Role>> AddAsync(CommittedTenant account, Actor actor, Role role, bool takenOver, CancellationToken cancellationToken)
    {
        var refusal = TenantSettings.RefuseManagement(account.Id, account.Stored, actor);
        if (refusal != Refusal.None) return refusal;
        var tenant = account.Stored!;
        if (!IsName(role.Name))
        {
            return InputErrors.Of(new InputError("/name", "invalid_name", $"Use 1 to {MaxNameLength} of a-z, 0-9 and hyphen, beginning with a letter."));
        }

        if (Find(tenant, role.Name) is { } known) return takenOver && known == role ? known : Refusal.RoleTaken;
        if (tenant.Roles.Length >= MaxRoles) return InputErrors.Of(new InputError("", "too_many_roles", $"A tenant has at most {MaxRoles} roles of its own."));
        if (!Rights.MayChange(actor.Permissions, Permissions.None, role.Permissions)) return Refusal.Forbidden;
        var entry = TenantAuditEntries.RoleChanged(actor, AuditActions.RoleCreated, null, role);
        await account.SaveAsync(tenant with { Roles = tenant.Roles.Add(role) }, entry, cancellationToken);
        return role;
    }

    public async Task<Outcome<Role>> ChangeAsync(CommittedTenant account, Actor actor, Role role, CancellationToken cancellationToken)
    {
        var refusal = TenantSettings.RefuseManagement(account.Id, account.Stored, actor);
        if (refusal != Refusal.None) return refusal;
        var tenant = account.Stored!;
        if (Find(tenant, role.Name) is not { } before) return Refusal.NotFound;
        if (Role.IsBuiltIn(role.Name)) return Refusal.RoleBuiltIn;
        if (!Rights.MayChange(actor.Permissions, before.Permissions, role.Permissions)) return Refusal.Forbidden;
        var next = await managers.AfterRoleChangeAsync(account.Id, tenant with { Roles = tenant.Roles.Replace(before, role) }, before, role, cancellationToken);
        if (!role.Permissions.Holds(Permissions.ManageUsers) && Managers.IsEmpty(next)) return Refusal.LastManager;
        await account.SaveAsync(next, TenantAuditEntries.RoleChanged(actor, AuditActions.RoleUpdated, before, role), cancellationToken);
        await TryReviewKeysAsync(account.Id, cancellationToken);
        return role;
    }

    /// <summary>
    /// A role that is given to somebody in the same moment gives nothing afterwards (<see cref="RoleSet.Of"/>); nobody counts as a manager by it.
    /// </summary>
    public async Task<Outcome> RemoveAsync(CommittedTenant account, Actor actor, string name, CancellationToken cancellationToken)
    {
        var refusal = TenantSettings.RefuseManagement(account.Id, account.Stored, actor);
        if (refusal != Refusal.None) return refusal;
        var tenant = account.Stored!;
        if (Find(tenant, name) is not { } role) return Refusal.NotFound;
        if (Role.IsBuiltIn(name)) return Refusal.RoleBuiltIn;
        if (tenant.RoleManagers.Any(m => m.Role == name) || (await users.ListHoldersAsync(account.Id, name, 1, cancellationToken)).Count > 0) return Refusal.RoleInUse;
        var entry = TenantAuditEntries.RoleChanged(actor, AuditActions.RoleDeleted, role, null);
        await account.SaveAsync(tenant with { Roles = tenant.Roles.Remove(role) }, entry, cancellationToken);
        await TryReviewKeysAsync(account.Id, cancellationToken);
        return Outcome.Done;
    }

    /// <summary>API keys count by what the roles give now (decision 109) without being told. So the access log says at once which ones went dormant by it.</summary>
    private async Task TryReviewKeysAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            await grains.ApiKeySponsors(tenant).ReviewAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is StorageUnavailableException or TimeoutException or OrleansException)
        {
            NotReviewed(logger, failure.GetType().Name);
        }
    }

    private static Role? Find(StoredTenant tenant, string name) =>
        Role.BuiltIn.FirstOrDefault(role => role.Name == name) ?? tenant.Roles.FirstOrDefault(role => role.Name == name);

    [LoggerMessage(EventName = "ApiKeysNotReviewed", Level = LogLevel.Warning, Message = "A role was changed, but which API keys went dormant by it could not be logged yet ({Failure})")]
    private static partial void NotReviewed(ILogger logger, string failure);

    private static bool IsName(string name) =>
        name is { Length: > 0 and <= MaxNameLength } && char.IsAsciiLetterLower(name[0]) && !name.AsSpan().ContainsAnyExcept(NameLetters);
}
