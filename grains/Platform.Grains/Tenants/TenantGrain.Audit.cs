using System.Collections.Immutable;
using Platform.Audit;
using Platform.IpRules;
using Platform.Text;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>Entries for the access log about a tenant, written before the change.</summary>
public sealed partial class TenantGrain
{
    private Task<TenantView> SaveAsync(StoredTenant next, AuditEntry told, CancellationToken cancellationToken) =>
        audit.RecordThenAsync(_id, told, () => SaveAsync(next, cancellationToken));

    private static AuditEntry By(Actor? actor, string action, AuditParty target, params ReadOnlySpan<AuditChange?> changes) =>
        (actor is null ? AuditEntry.BySystem(action, target) : AuditEntry.By(actor, action, target)) with { Changes = AuditChanges.Of(changes) };

    private AuditParty PartyOf(StoredTenant tenant) => new(AuditParties.Tenant, _id.ToString(), tenant.Name);

    private static AuditParty PartyOf(Role role) => new(AuditParties.Role, role.Name, role.Name);

    private static AuditChange? ChangeOf(Role? before, Role? after) => AuditChanges.Rights("/permissions", before?.Permissions, after?.Permissions);

    private static AuditChange? ChangeOf(ImmutableArray<IpRule> before, ImmutableArray<IpRule> after) => AuditChanges.List("/rules", before.Select(Print), after.Select(Print));

    private static string Print(IpRule rule) =>
        $"{SnakeCase.Of(rule.Action)} {rule.Cidr} {rule.UserId?.ToString() ?? SnakeCase.Of(rule.Subject)}";

    private AuditEntry Created(StoredTenant tenant, Actor? actor) => By(
        actor,
        AuditActions.TenantCreated,
        PartyOf(tenant),
        AuditChanges.Text("/slug", null, tenant.Slug),
        AuditChanges.Text("/name", null, tenant.Name),
        AuditChanges.Name<TenantEdition>("/edition", null, tenant.Edition));

    private AuditEntry Changed(Actor actor, StoredTenant before, StoredTenant after)
    {
        var (old, fresh) = (PolicyOf(before), PolicyOf(after));
        return By(
            actor,
            AuditActions.TenantUpdated,
            PartyOf(before),
            AuditChanges.Text("/name", before.Name, after.Name),
            AuditChanges.Name<TenantEdition>("/edition", before.Edition, after.Edition),
            AuditChanges.Name<TenantStatus>("/status", before.Status, after.Status),
            AuditChanges.Flag("/features/twoFactor", before.Features.TwoFactor, after.Features.TwoFactor),
            AuditChanges.Flag("/features/multiDomain", before.Features.MultiDomain, after.Features.MultiDomain),
            AuditChanges.Flag("/features/ipRules", before.Features.IpRules, after.Features.IpRules),
            AuditChanges.Flag("/requireSecondFactor", before.RequireSecondFactor, after.RequireSecondFactor),
            AuditChanges.Duration("/retention/accessLog", RetentionOf(before).AccessLog, RetentionOf(after).AccessLog),
            AuditChanges.Duration("/retention/endedSessions", RetentionOf(before).EndedSessions, RetentionOf(after).EndedSessions),
            AuditChanges.Flag("/supportApproval", !before.SupportApprovalWaived, !after.SupportApprovalWaived),
            AuditChanges.Duration("/sessionPolicy/idleTimeout", old.IdleTimeout, fresh.IdleTimeout),
            AuditChanges.Duration("/sessionPolicy/absoluteTimeout", old.AbsoluteTimeout, fresh.AbsoluteTimeout));
    }
}
