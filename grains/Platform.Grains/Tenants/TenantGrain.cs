using System.Collections.Immutable;
using Platform.Audit;
using Platform.Cluster;
using Platform.Internal;
using Platform.IpRules;
using Platform.Snippets;
using Platform.State;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>
/// Owns one tenant: loads it, gives each call its turn, and says which calls interleave. The rules of a tenant are <see cref="TenantSettings"/>, <see cref="Managers"/> and
/// <see cref="TenantSnippets"/>; what a call does stands in the parts that are injected, which change the tenant through <see cref="CommittedTenant"/> only.
/// </summary>
internal sealed class TenantGrain(
    [CommittedState(StateNames.Tenant)] Committed<StoredTenant> state,
    TenantTable table,
    LiveTenants live,
    IClusterBroadcast broadcast,
    AuditLog audit,
    TenantSettings settings,
    TenantManagers managers,
    TenantRoles roles,
    TenantIpRules ipRules,
    TimeProvider time) : Grain, ITenantGrain, ITenantRolesGrain, IIpRulesGrain, ITenantGrainInternal, ITenantSnippetsGrain
{
    /// <summary>Since activation.</summary>
    private CommittedTenant _tenant = null!;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tenant = new CommittedTenant(PrefixedId.Parse<TenantId>(this.GetPrimaryKeyString()), state, table, live, broadcast, settings, audit, time);
        if (_tenant.Stored is { } tenant) await _tenant.RepairAsync(tenant, cancellationToken);
    }

    public async Task<TenantView> CreateAsync(CreateTenantRequest opening, CancellationToken cancellationToken)
    {
        if (_tenant.Stored is not null) throw new InvalidOperationException("A tenant id is never used twice.");
        var created = TenantSettings.Create(_tenant.Id, opening, time.GetUtcNow());
        return await _tenant.SaveAsync(created.Next, created.Entry, cancellationToken);
    }

    // The calls below interleave, because they return committed state. Users and sessions ask while the tenant asks a user.
    public Task<bool> ExistsAsync(CancellationToken cancellationToken) => Task.FromResult(_tenant.Stored is not null);

    public Task<TenantView?> FindAsync(CancellationToken cancellationToken) => Task.FromResult(_tenant.Stored is { } tenant ? settings.ViewOf(_tenant.Id, tenant) : null);

    public Task<SignInRules?> FindSignInRulesAsync(CancellationToken cancellationToken) => Task.FromResult(_tenant.Stored is { } tenant ? settings.SignInRulesOf(tenant) : null);

    public Task<TenantPolicySnapshot?> FindPolicyAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_tenant.Stored is { } tenant ? settings.SnapshotOf(tenant, time.GetUtcNow()) : null);

    public Task<ImmutableArray<UserId>> ListManagersAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_tenant.Stored is { } tenant ? Managers.Of(tenant) : []);

    public Task<Outcome<TenantView>> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = TenantSettings.RefuseReading(_tenant.Id, _tenant.Stored, actor);
        if (refusal != Refusal.None) return Task.FromResult<Outcome<TenantView>>(refusal);
        var view = settings.ViewOf(_tenant.Id, _tenant.Stored!);
        return Task.FromResult<Outcome<TenantView>>(actor.Holds(Permissions.ManageUsers) || actor.Holds(Permissions.Operate) ? view : view with { DeletesAt = null });
    }

    public async Task<Outcome<TenantView>> BeginExportAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = TenantSettings.RefuseManagement(_tenant.Id, _tenant.Stored, actor);
        if (refusal != Refusal.None) return refusal;
        if (!actor.Holds(Permissions.Read)) return Refusal.Forbidden;
        var tenant = _tenant.Stored!;
        await audit.RecordAsync(_tenant.Id, TenantAuditEntries.Exported(_tenant.Id, tenant, actor));
        return settings.ViewOf(_tenant.Id, tenant);
    }

    public Task<bool> HasSlugAsync(string slug, CancellationToken cancellationToken) => Task.FromResult(_tenant.Stored?.Slug == slug);

    Task<Outcome<IpRulesView>> IIpRulesGrain.GetAsync(Actor actor, CancellationToken cancellationToken) => Task.FromResult(TenantIpRules.Get(_tenant, actor));

    Task<Outcome<Page<RefusedSession>>> IIpRulesGrain.TryAsync(Actor actor, ImmutableArray<IpRuleInput> rules, PageRequest page, CancellationToken cancellationToken) =>
        ipRules.TryAsync(_tenant, actor, rules, page, cancellationToken);

    Task<ImmutableArray<SnippetId>> ITenantSnippetsGrain.ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<SnippetId>>(_tenant.Stored is { } tenant ? [.. TenantSnippets.Of(tenant).Select(snippet => snippet.Id)] : []);

    // What follows takes turns.
    public async Task<Outcome<TenantView>> ChangeAsync(Actor actor, TenantChange change, CancellationToken cancellationToken)
    {
        var changed = settings.Change(_tenant.Id, _tenant.Stored, actor, change, time.GetUtcNow());
        return changed.Value is { } next ? await _tenant.SaveAsync(next.Next, next.Entry, cancellationToken) : changed.ToRefused();
    }

    public async Task<Outcome> RevokeSessionsAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = TenantSettings.RefuseManagement(_tenant.Id, _tenant.Stored, actor);
        if (refusal != Refusal.None) return refusal;
        var tenant = _tenant.Stored!;
        await _tenant.SaveAsync(tenant with { Epoch = tenant.Epoch + 1 }, TenantAuditEntries.SessionsRevoked(_tenant.Id, tenant, actor), cancellationToken);
        return Outcome.Done;
    }

    public async Task RecordRestoreAsync(PlatformRestore restore, CancellationToken cancellationToken)
    {
        if (_tenant.Stored is not { } tenant || tenant.RestoredAt == restore.RestoredAt) return;
        var (next, entries) = TenantRestore.After(_tenant.Id, tenant, restore, settings);
        await _tenant.SaveAsync(next, entries, cancellationToken);
    }

    public async Task<Outcome<TenantView>> ScheduleDeletionAsync(Actor actor, DateTimeOffset deletesAt, CancellationToken cancellationToken)
    {
        if (_tenant.Stored is not { } tenant) return Refusal.NotFound;
        if (tenant.Slug == Slugs.Platform) return Refusal.TenantNotDeletable;
        return tenant.DeletesAt is null ? await DeleteAtAsync(actor, AuditActions.TenantDeletionRequested, deletesAt, cancellationToken) : settings.ViewOf(_tenant.Id, tenant);
    }

    public async Task PostponeDeletionAsync(DateTimeOffset deletesAt, CancellationToken cancellationToken)
    {
        if (_tenant.Stored is not { DeletesAt: { } before, Status: not TenantStatus.Deleting } || before == deletesAt) return;
        await DeleteAtAsync(actor: null, AuditActions.TenantDeletionPostponed, deletesAt, cancellationToken);
    }

    public async Task BeginDeletionAsync(CancellationToken cancellationToken)
    {
        if (TenantSettings.BeginDeletion(_tenant.Id, _tenant.Stored, time.GetUtcNow()) is { } begun) await _tenant.SaveAsync(begun.Next, begun.Entry, cancellationToken);
    }

    public async Task DropAsync(CancellationToken cancellationToken)
    {
        if (_tenant.Stored is { Status: TenantStatus.Deleting }) await _tenant.DropAsync(cancellationToken);
        DeactivateOnIdle();
    }

    public Task<bool> PrepareEligibilityChangeAsync(UserId user, ManagerEligibility next, CancellationToken cancellationToken) =>
        managers.PrepareChangeAsync(_tenant, user, next, cancellationToken);

    public Task CommitEligibilityChangeAsync(UserId user, ManagerEligibility now, CancellationToken cancellationToken) =>
        TenantManagers.CommitChangeAsync(_tenant, user, now, cancellationToken);

    public Task<Outcome<Page<Role>>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken) => Task.FromResult(TenantRoles.List(_tenant, actor, page));

    public Task<Outcome<Role>> AddAsync(Actor actor, Role role, bool takenOver, CancellationToken cancellationToken) =>
        TenantRoles.AddAsync(_tenant, actor, role, takenOver, cancellationToken);

    public Task<Outcome<Role>> ChangeAsync(Actor actor, Role role, CancellationToken cancellationToken) => roles.ChangeAsync(_tenant, actor, role, cancellationToken);

    public Task<Outcome> RemoveAsync(Actor actor, string name, CancellationToken cancellationToken) => roles.RemoveAsync(_tenant, actor, name, cancellationToken);

    Task<Outcome<IpRulesView>> IIpRulesGrain.SetAsync(Actor actor, ImmutableArray<IpRuleInput> rules, bool force, CancellationToken cancellationToken) =>
        ipRules.SetAsync(_tenant, actor, rules, force, cancellationToken);

    private Task<TenantView> DeleteAtAsync(Actor? actor, string action, DateTimeOffset deletesAt, CancellationToken cancellationToken)
    {
        var (tenant, next) = (_tenant.Stored!, _tenant.Stored! with { DeletesAt = deletesAt });
        return _tenant.SaveAsync(next, TenantAuditEntries.Deletion(_tenant.Id, actor, action, tenant, next), cancellationToken);
    }

    async Task<Outcome> ITenantSnippetsGrain.SetAsync(SnippetPublication snippet, CancellationToken cancellationToken)
    {
        if (_tenant.Stored is not { } tenant) return Refusal.NotFound;
        var set = TenantSnippets.With(tenant, snippet);
        if (set.Value is not { } next) return set.Refusal;
        if (!ReferenceEquals(next, tenant)) await _tenant.SaveAsync(next, cancellationToken);
        return Outcome.Done;
    }

    async Task ITenantSnippetsGrain.RemoveAsync(SnippetId snippet, CancellationToken cancellationToken)
    {
        if (_tenant.Stored is not { } tenant) return;
        var next = TenantSnippets.Without(tenant, snippet);
        if (!ReferenceEquals(next, tenant)) await _tenant.SaveAsync(next, cancellationToken);
    }
}
