using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Internal;
using Platform.Sessions;

namespace Platform.Tenants;

/// <summary>What becomes of a tenant.</summary>
/// <param name="Next">Its next state.</param>
/// <param name="Entry">What the access log says of it before it is written.</param>
internal sealed record TenantTransition(StoredTenant Next, AuditEntry Entry);

/// <summary>
/// The rules of a tenant: what a change makes of it, and what it decides where it has set nothing. Pure but for the platform's defaults: nothing counts before it is written.
/// </summary>
internal sealed class TenantSettings(IOptions<SessionOptions> options)
{
    private readonly SessionOptions _defaults = options.Value;

    internal static TenantTransition Create(TenantId id, CreateTenantRequest opening, DateTimeOffset now)
    {
        var tenant = new StoredTenant
        {
            Slug = opening.Slug,
            Name = opening.Name,
            Edition = opening.Edition,
            Features = opening.Features,
            Status = TenantStatus.Active,
            CreatedAt = now,
            Managers = [opening.Owner],
            PrimarySnippet = opening.PrimarySnippet.Id,
            Snippets = [opening.PrimarySnippet],
        };
        return new TenantTransition(tenant, TenantAuditEntries.Created(id, tenant, opening.Actor));
    }

    /// <summary>Operators set what the tenant has bought, its managers how it is used.</summary>
    internal Outcome<TenantTransition> Change(TenantId id, StoredTenant? known, Actor actor, TenantChange change, DateTimeOffset now)
    {
        if (RefuseChange(id, known, actor, change) is not Refusal.None and var refusal) return refusal;
        var tenant = known!;
        if (tenant.Status == TenantStatus.Deleting) return Refusal.TenantDeleting;
        var next = tenant with
        {
            DeletesAt = change.WithdrawDeletion ? null : tenant.DeletesAt,
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
            Language = change.Language ?? tenant.Language,
        };

        // Without the feature nobody could set up what is required.
        if (change.RequireSecondFactor == true && !next.Features.TwoFactor) return Refusal.FeatureRequired;
        next = next with { RequireSecondFactor = next.Features.TwoFactor && (change.RequireSecondFactor ?? tenant.RequireSecondFactor) };
        InputError[] faults = [.. Check(next, change)];
        if (faults.Length > 0) return InputErrors.Of(faults);
        if (next.Features.IpRules && next.Edition != TenantEdition.Enterprise) return Refusal.EditionRequired;
        if (next.Status == TenantStatus.Suspended && tenant.Status != TenantStatus.Suspended) next = next with { Epoch = next.Epoch + 1 };
        return new TenantTransition(UnderNewPolicy(tenant, next, now), TenantAuditEntries.Changed(id, actor, tenant, next, this));
    }

    /// <summary>Null: nobody has asked for it (any more), its time has not come, or it has begun.</summary>
    internal static TenantTransition? BeginDeletion(TenantId id, StoredTenant? tenant, DateTimeOffset now)
    {
        if (tenant is not { DeletesAt: { } due, Status: not TenantStatus.Deleting } || due > now) return null;
        var next = tenant with { Status = TenantStatus.Deleting, Epoch = tenant.Epoch + 1 };
        return new TenantTransition(next, TenantAuditEntries.Deletion(id, actor: null, AuditActions.TenantDeletionBegun, tenant, next));
    }

    /// <summary>Absent and foreign are one answer.</summary>
    internal static Refusal RefuseManagement(TenantId id, StoredTenant? tenant, Actor actor)
    {
        if (tenant is null || actor.TenantId != id) return Refusal.NotFound;
        return actor.Holds(Permissions.ManageUsers) ? Refusal.None : Refusal.Forbidden;
    }

    internal static Refusal RefuseReading(TenantId id, StoredTenant? tenant, Actor actor)
    {
        if (tenant is null) return Refusal.NotFound;
        if (actor.Holds(Permissions.Operate)) return Refusal.None;
        if (actor.TenantId != id) return Refusal.NotFound;
        return actor.Holds(Permissions.Read) ? Refusal.None : Refusal.Forbidden;
    }

    public SessionPolicy PolicyOf(StoredTenant tenant) => new(tenant.IdleTimeout ?? _defaults.IdleTimeout, tenant.AbsoluteTimeout ?? _defaults.AbsoluteTimeout);

    public TenantRetention RetentionOf(StoredTenant tenant)
    {
        var standard = new TenantRetention { EndedSessions = _defaults.EndedRetention };
        return new TenantRetention { AccessLog = tenant.AccessLogKept ?? standard.AccessLog, EndedSessions = tenant.EndedSessionsKept ?? standard.EndedSessions };
    }

    public SignInRules SignInRulesOf(StoredTenant tenant) => new(tenant.Status, PolicyOf(tenant), tenant.Features.TwoFactor, tenant.RequireSecondFactor, tenant.Epoch, tenant.PasswordCutoff);

    public TenantPolicySnapshot SnapshotOf(StoredTenant tenant, DateTimeOffset now) => new()
    {
        Revision = tenant.Revision,
        Policy = PolicyOf(tenant),
        Epoch = tenant.Epoch,
        IdleCutoff = Come(tenant.IdleCutoff, now),
        AbsoluteCutoff = Come(tenant.AbsoluteCutoff, now),
        Roles = tenant.Roles,
        IpRules = tenant.Features.IpRules ? tenant.IpRules : [],
        Suspended = tenant.Status != TenantStatus.Active,
        RequireSecondFactor = tenant.RequireSecondFactor,
        Snippets = tenant.Status == TenantStatus.Deleting ? [] : tenant.Snippets,
        MultiDomain = tenant.Features.MultiDomain,
        SecurityTesting = tenant.Edition.ToSecurityTesting() == SecurityTesting.Allowed,
    };

    public TenantView ViewOf(TenantId id, StoredTenant tenant) => new()
    {
        Id = id,
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
        Language = tenant.Language,
        DeletesAt = tenant.DeletesAt,
    };

    private static Refusal RefuseChange(TenantId id, StoredTenant? tenant, Actor actor, TenantChange change)
    {
        var isOperator = actor.Holds(Permissions.Operate);
        if (tenant is null || (actor.TenantId != id && !isOperator)) return Refusal.NotFound;
        var isManager = actor.TenantId == id && actor.Holds(Permissions.ManageUsers);
        if (!isOperator && (change.WithdrawDeletion || (change.Edition ?? (object?)change.Features ?? change.Status) is not null)) return Refusal.Forbidden;
        if (!isManager && (change.SessionPolicy ?? (object?)change.RequireSecondFactor ?? change.SupportApproval ?? (object?)change.Retention ?? change.Language) is not null) return Refusal.Forbidden;
        return isManager || isOperator ? Refusal.None : Refusal.Forbidden;
    }

    private IEnumerable<InputError> Check(StoredTenant next, TenantChange change)
    {
        foreach (var fault in TenantRules.Check(next.Slug, next.Name)) yield return fault;
        foreach (var fault in change.SessionPolicy is null ? [] : _defaults.Check(PolicyOf(next))) yield return fault;
        foreach (var fault in change.Retention is null ? [] : RetentionOf(next).Check()) yield return fault;
        if (next.Status == TenantStatus.Deleting)
        {
            yield return new InputError("/status", "not_settable", "Ask for the deletion with DELETE.");
        }
        else if (next.Slug == Slugs.Platform && next.Status != TenantStatus.Active)
        {
            yield return new InputError("/status", "not_suspendable", "The platform's own tenant cannot be suspended.");
        }
    }

    /// <summary>A session that was over under the old policy stays over, even if nobody has checked it yet.</summary>
    private StoredTenant UnderNewPolicy(StoredTenant before, StoredTenant next, DateTimeOffset now)
    {
        var old = PolicyOf(before);
        return old == PolicyOf(next) ? next : next with
        {
            IdleCutoff = Later(Come(before.IdleCutoff, now), now - old.IdleTimeout),
            AbsoluteCutoff = Later(Come(before.AbsoluteCutoff, now), now - old.AbsoluteTimeout),
        };
    }

    /// <summary>One that has not come yet was computed by a clock that was ahead: by it nobody could sign in until then.</summary>
    private static DateTimeOffset Come(DateTimeOffset until, DateTimeOffset now) => until > now ? DateTimeOffset.MinValue : until;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
