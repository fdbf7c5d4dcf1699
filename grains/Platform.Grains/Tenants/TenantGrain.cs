using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Cluster;
using Platform.Internal;
using Platform.IpRules;
using Platform.Listing;
using Platform.Sessions;
using Platform.State;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>Owns one tenant. Profile and sessions here, roles in <c>TenantGrain.Roles.cs</c>, snippets in <c>TenantGrain.Snippets.cs</c>, IP rules in <c>TenantGrain.IpRules.cs</c>, who can manage users in <c>TenantGrain.Managers.cs</c>.</summary>
public sealed partial class TenantGrain(
    [CommittedState(StateNames.Tenant)] Committed<StoredTenant> state,
    ITenantTable tenants,
    IUserTable users,
    ISessionTable sessionRows,
    LiveTenants live,
    IOtherNodes others,
    AuditLog audit,
    IOptions<SessionOptions> sessions,
    TimeProvider time) : Grain, ITenantGrain, ITenantRolesGrain, IIpRulesGrain, ITenantGrainInternal, ITenantSnippetsGrain
{
    private readonly SessionOptions _sessions = sessions.Value;
    private TenantId _id;
    private int _listedVersion;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = PrefixedId.Parse<TenantId>(this.GetPrimaryKeyString());
        if (state.Value is not { } tenant) return;
        // A change may have been written whose telling was cut off: nobody shall see it here before it holds everywhere.
        await PublishAsync(SnapshotOf(tenant));
        _listedVersion = tenant.ListedVersion;
        if (tenant.ListedVersion != tenant.Version) await ListAsync(tenant, cancellationToken);
    }

    public async Task<TenantView> CreateAsync(CreateTenantRequest opening, CancellationToken cancellationToken)
    {
        if (state.Value is not null) throw new InvalidOperationException("A tenant id is never used twice.");
        var tenant = new StoredTenant
        {
            Slug = opening.Slug,
            Name = opening.Name,
            Edition = opening.Edition,
            Features = opening.Features,
            Status = TenantStatus.Active,
            CreatedAt = time.GetUtcNow(),
            Managers = [opening.Owner],
            PrimarySnippet = opening.PrimarySnippet.Id,
            Snippets = [opening.PrimarySnippet],
        };
        return await SaveAsync(tenant, Created(tenant, opening.Actor), cancellationToken);
    }

    public Task<bool> ExistsAsync(CancellationToken cancellationToken) => Task.FromResult(state.Value is not null);

    public Task<TenantView?> FindAsync(CancellationToken cancellationToken) => Task.FromResult(state.Value is { } tenant ? ViewOf(tenant) : null);

    public Task<SignInRules?> FindSignInRulesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(state.Value is { } tenant ? new SignInRules(tenant.Status, PolicyOf(tenant), tenant.Features.TwoFactor, tenant.RequireSecondFactor, tenant.Epoch) : null);

    public Task<TenantPolicySnapshot?> FindPolicyAsync(CancellationToken cancellationToken) => Task.FromResult(state.Value is { } tenant ? SnapshotOf(tenant) : null);

    public Task<Outcome<TenantView>> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (state.Value is not { } tenant) return Task.FromResult<Outcome<TenantView>>(Refusal.NotFound);
        if (actor.Holds(Permissions.Operate)) return Task.FromResult<Outcome<TenantView>>(ViewOf(tenant));
        if (actor.TenantId != _id) return Task.FromResult<Outcome<TenantView>>(Refusal.NotFound);
        return Task.FromResult<Outcome<TenantView>>(actor.Holds(Permissions.Read) ? ViewOf(tenant) : Refusal.Forbidden);
    }

    public async Task<Outcome<TenantView>> ChangeAsync(Actor actor, TenantChange change, CancellationToken cancellationToken)
    {
        var isOperator = actor.Holds(Permissions.Operate);
        if (state.Value is not { } tenant || (actor.TenantId != _id && !isOperator)) return Refusal.NotFound;
        var isManager = actor.TenantId == _id && actor.Holds(Permissions.ManageUsers);
        if (!isOperator && (change.Edition ?? (object?)change.Features ?? change.Status) is not null) return Refusal.Forbidden;
        if (!isManager && (change.SessionPolicy ?? (object?)change.RequireSecondFactor ?? change.SupportApproval ?? (object?)change.Retention) is not null) return Refusal.Forbidden;
        if (!isManager && !isOperator) return Refusal.Forbidden;

        var next = tenant with
        {
            Name = change.Name ?? tenant.Name,
            Edition = change.Edition ?? tenant.Edition,
            Features = new TenantFeatures
            {
                TwoFactor = change.Features?.TwoFactor ?? tenant.Features.TwoFactor,
                MultiDomain = change.Features?.MultiDomain ?? tenant.Features.MultiDomain,
                IpRules = change.Features?.IpRules ?? tenant.Features.IpRules,
            },
            Status = change.Status ?? tenant.Status,
            IdleTimeout = change.SessionPolicy?.IdleTimeout ?? tenant.IdleTimeout,
            AbsoluteTimeout = change.SessionPolicy?.AbsoluteTimeout ?? tenant.AbsoluteTimeout,
            AccessLogKept = change.Retention?.AccessLog ?? tenant.AccessLogKept,
            EndedSessionsKept = change.Retention?.EndedSessions ?? tenant.EndedSessionsKept,
            SupportApprovalWaived = !(change.SupportApproval ?? !tenant.SupportApprovalWaived),
        };

        // Without the feature nobody could set up what is required.
        if (change.RequireSecondFactor == true && !next.Features.TwoFactor) return Refusal.FeatureRequired;
        next = next with { RequireSecondFactor = next.Features.TwoFactor && (change.RequireSecondFactor ?? tenant.RequireSecondFactor) };
        var faults = TenantRules.Check(next.Slug, next.Name).ToList();
        if (change.SessionPolicy is not null) faults.AddRange(_sessions.Check(PolicyOf(next)));
        if (change.Retention is not null) faults.AddRange(RetentionOf(next).Check());
        if (next.Slug == Slugs.Platform && next.Status != TenantStatus.Active)
        {
            faults.Add(new InputError("/status", "not_suspendable", "The platform's own tenant cannot be suspended."));
        }

        if (faults.Count > 0) return InputErrors.Of([.. faults]);
        if (next.Features.IpRules && next.Edition != TenantEdition.Enterprise) return Refusal.EditionRequired;
        if (next.Status == TenantStatus.Suspended && tenant.Status != TenantStatus.Suspended) next = next with { Epoch = next.Epoch + 1 };
        return await SaveAsync(UnderNewPolicy(tenant, next), Changed(actor, tenant, next), cancellationToken);
    }

    public async Task<Outcome> RevokeSessionsAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = RefuseManagement(actor);
        if (refusal != Refusal.None) return refusal;
        var tenant = state.Value!;
        await SaveAsync(tenant with { Epoch = tenant.Epoch + 1 }, By(actor, AuditActions.TenantSessionsRevoked, PartyOf(tenant)), cancellationToken);
        return Outcome.Done;
    }

    private SessionPolicy PolicyOf(StoredTenant tenant) =>
        new(tenant.IdleTimeout ?? _sessions.IdleTimeout, tenant.AbsoluteTimeout ?? _sessions.AbsoluteTimeout);

    private TenantRetention RetentionOf(StoredTenant tenant)
    {
        var standard = new TenantRetention { EndedSessions = _sessions.EndedRetention };
        return new TenantRetention { AccessLog = tenant.AccessLogKept ?? standard.AccessLog, EndedSessions = tenant.EndedSessionsKept ?? standard.EndedSessions };
    }

    /// <summary>What was over under the old policy stays over, also where nobody has looked yet.</summary>
    private StoredTenant UnderNewPolicy(StoredTenant before, StoredTenant next)
    {
        var (old, now) = (PolicyOf(before), time.GetUtcNow());
        return old == PolicyOf(next) ? next : next with
        {
            IdleCutoff = Later(Come(before.IdleCutoff, now), now - old.IdleTimeout),
            AbsoluteCutoff = Later(Come(before.AbsoluteCutoff, now), now - old.AbsoluteTimeout),
        };
    }

    /// <summary>One that has not come yet was computed by a clock that was ahead: by it nobody could sign in until then.</summary>
    private static DateTimeOffset Come(DateTimeOffset until, DateTimeOffset now) => until > now ? DateTimeOffset.MinValue : until;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private TenantPolicySnapshot SnapshotOf(StoredTenant tenant) => new()
    {
        Revision = tenant.Revision,
        Policy = PolicyOf(tenant),
        Epoch = tenant.Epoch,
        IdleCutoff = Come(tenant.IdleCutoff, time.GetUtcNow()),
        AbsoluteCutoff = Come(tenant.AbsoluteCutoff, time.GetUtcNow()),
        Roles = tenant.Roles,
        IpRules = tenant.Features.IpRules ? tenant.IpRules : [],
        Suspended = tenant.Status == TenantStatus.Suspended,
        RequireSecondFactor = tenant.RequireSecondFactor,
        Snippets = tenant.Snippets,
        MultiDomain = tenant.Features.MultiDomain,
    };

    private async Task<TenantView> SaveAsync(StoredTenant next, CancellationToken cancellationToken)
    {
        var shown = state.Value is null || ViewOf(state.Value) != ViewOf(next);
        var versioned = next with { Version = shown ? next.Version + 1 : next.Version, ListedVersion = _listedVersion, Revision = next.Revision + 1 };
        var before = state.Value is { } old ? SnapshotOf(old) : null;
        await state.CommitAsync(versioned, cancellationToken);
        var policy = SnapshotOf(versioned);
        if (before is null || before with { Revision = policy.Revision } != policy) await PublishAsync(policy);
        if (shown) await ListAsync(versioned, cancellationToken);
        return ViewOf(versioned);
    }

    /// <summary>Here and on every other node; when it returns, no validation anywhere uses an earlier policy.</summary>
    private async Task PublishAsync(TenantPolicySnapshot policy)
    {
        live.Publish(_id, policy);
        try
        {
            await others.PublishPolicyAsync(_id, policy);
        }
        catch
        {
            // The next activation tells it again.
            DeactivateOnIdle();
            throw;
        }
    }

    private async Task ListAsync(StoredTenant tenant, CancellationToken cancellationToken)
    {
        await tenants.SaveAsync(ViewOf(tenant), cancellationToken);
        _listedVersion = tenant.Version;
    }

    private TenantView ViewOf(StoredTenant tenant) => new()
    {
        Id = _id,
        Slug = tenant.Slug,
        Name = tenant.Name,
        Edition = tenant.Edition,
        Features = tenant.Features,
        Status = tenant.Status,
        SessionPolicy = PolicyOf(tenant),
        CreatedAt = tenant.CreatedAt,
        RequireSecondFactor = tenant.RequireSecondFactor,
        SupportApproval = !tenant.SupportApprovalWaived,
        Retention = RetentionOf(tenant),
    };
}
