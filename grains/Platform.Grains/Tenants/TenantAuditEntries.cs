using System.Collections.Immutable;
using System.Globalization;
using Platform.Audit;
using Platform.Internal;
using Platform.IpRules;
using Platform.Notifications;
using Platform.Text;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>Entries for the access log about a tenant, written before the change.</summary>
internal static class TenantAuditEntries
{
    public static AuditEntry Created(TenantId id, StoredTenant tenant, Actor? actor) => By(
        actor,
        AuditActions.TenantCreated,
        PartyOf(id, tenant),
        AuditChanges.Text("/slug", null, tenant.Slug),
        AuditChanges.Text("/name", null, tenant.Name),
        AuditChanges.Name<TenantEdition>("/edition", null, tenant.Edition));

    public static AuditEntry Changed(TenantId id, Actor actor, StoredTenant before, StoredTenant after, TenantSettings settings) =>
        AuditEntry.By(actor, before.DeletesAt is not null && after.DeletesAt is null ? AuditActions.TenantDeletionWithdrawn : AuditActions.TenantUpdated, PartyOf(id, before)) with
        {
            Changes = Changes(before, after, settings),
        };

    /// <summary>By the restore, which carries out what the journal of endings knows.</summary>
    public static AuditEntry Changed(TenantId id, PlatformRestore restore, StoredTenant before, StoredTenant after, TenantSettings settings)
    {
        var action = after.Status == TenantStatus.Deleting && before.Status != TenantStatus.Deleting ? AuditActions.TenantDeletionBegun
            : before.DeletesAt is null && after.DeletesAt is not null ? AuditActions.TenantDeletionRequested
            : before.DeletesAt is not null && after.DeletesAt is null ? AuditActions.TenantDeletionWithdrawn
            : AuditActions.TenantUpdated;
        return AuditEntry.ByRestore(restore, action, PartyOf(id, before)) with { Changes = Changes(before, after, settings) };
    }

    public static AuditEntry Exported(TenantId id, StoredTenant tenant, Actor actor) => By(actor, AuditActions.TenantExported, PartyOf(id, tenant));

    /// <param name="actor">Who asks for it; null: the platform.</param>
    /// <param name="action">What becomes of the deletion.</param>
    public static AuditEntry Deletion(TenantId id, Actor? actor, string action, StoredTenant before, StoredTenant after) =>
        By(actor, action, PartyOf(id, before), DeletesAt(before, after), AuditChanges.Name<TenantStatus>("/status", before.Status, after.Status));

    public static AuditEntry SessionsRevoked(TenantId id, StoredTenant tenant, Actor actor) => By(actor, AuditActions.TenantSessionsRevoked, PartyOf(id, tenant));

    public static AuditEntry Restored(TenantId id, StoredTenant tenant, PlatformRestore restore) => AuditEntry.ByCommand(
        restore.Command,
        AuditActions.TenantRestored,
        PartyOf(id, tenant),
        restore.Client,
        AuditChanges.Text("/backup", null, restore.Backup),
        AuditChanges.Time("/missing/from", null, restore.BackupAt),
        AuditChanges.Time("/missing/to", null, restore.RestoredAt),
        AuditChanges.Text("/journal", null, restore.Endings is { } known ? known.IsWhole ? "whole" : "incomplete" : "none"),
        AuditChanges.Text("/replayed/from", null, Print(restore.Endings?.From)),
        AuditChanges.Text("/replayed/to", null, Print(restore.Endings?.To)),
        AuditChanges.List("/review", [], restore.Endings?.Review ?? []));

    public static AuditEntry IpRulesSet(TenantId id, StoredTenant tenant, Actor actor, ImmutableArray<IpRule> rules) => By(
        actor, AuditActions.TenantIpRulesSet, PartyOf(id, tenant), AuditChanges.List("/rules", tenant.IpRules.Select(Print), rules.Select(Print)));

    /// <param name="actor">Who changes it.</param>
    /// <param name="action">What is done.</param>
    /// <param name="before">Null where it is made.</param>
    /// <param name="after">Null where it is deleted.</param>
    public static AuditEntry RoleChanged(Actor actor, string action, Role? before, Role? after)
    {
        var name = (after ?? before)!.Name;
        return By(actor, action, new AuditParty(AuditParties.Role, name, name), AuditChanges.Rights("/permissions", before?.Permissions, after?.Permissions));
    }

    /// <summary>By the restore, which carries out what the journal of endings knows.</summary>
    public static IEnumerable<AuditEntry> RolesChanged(PlatformRestore restore, StoredTenant before, StoredTenant after) =>
        from name in before.Roles.Concat(after.Roles).Select(role => role.Name).Distinct(StringComparer.Ordinal)
        let old = before.Roles.FirstOrDefault(role => role.Name == name)
        let fresh = after.Roles.FirstOrDefault(role => role.Name == name)
        where old != fresh
        select AuditEntry.ByRestore(restore, old is null ? AuditActions.RoleCreated : fresh is null ? AuditActions.RoleDeleted : AuditActions.RoleUpdated, new AuditParty(AuditParties.Role, name, name)) with
        {
            Changes = AuditChanges.Of(AuditChanges.Rights("/permissions", old?.Permissions, fresh?.Permissions)),
        };

    private static ImmutableArray<AuditChange> Changes(StoredTenant before, StoredTenant after, TenantSettings settings)
    {
        var (old, fresh) = (settings.PolicyOf(before), settings.PolicyOf(after));
        var (kept, keeping) = (settings.RetentionOf(before), settings.RetentionOf(after));
        return AuditChanges.Of(
            DeletesAt(before, after),
            AuditChanges.Text("/name", before.Name, after.Name),
            AuditChanges.Name<TenantEdition>("/edition", before.Edition, after.Edition),
            AuditChanges.Name<TenantStatus>("/status", before.Status, after.Status),
            AuditChanges.Flag("/features/twoFactor", before.Features.TwoFactor, after.Features.TwoFactor),
            AuditChanges.Flag("/features/multiDomain", before.Features.MultiDomain, after.Features.MultiDomain),
            AuditChanges.Flag("/features/ipRules", before.Features.IpRules, after.Features.IpRules),
            AuditChanges.Flag("/requireSecondFactor", before.RequireSecondFactor, after.RequireSecondFactor),
            AuditChanges.Duration("/retention/accessLog", kept.AccessLog, keeping.AccessLog),
            AuditChanges.Duration("/retention/endedSessions", kept.EndedSessions, keeping.EndedSessions),
            AuditChanges.Flag("/supportApproval", !before.SupportApprovalWaived, !after.SupportApprovalWaived),
            AuditChanges.Text("/language", before.Language.ToTag(), after.Language.ToTag()),
            AuditChanges.Duration("/sessionPolicy/idleTimeout", old.IdleTimeout, fresh.IdleTimeout),
            AuditChanges.Duration("/sessionPolicy/absoluteTimeout", old.AbsoluteTimeout, fresh.AbsoluteTimeout));
    }

    private static AuditEntry By(Actor? actor, string action, AuditParty target, params ReadOnlySpan<AuditChange?> changes) =>
        (actor is null ? AuditEntry.BySystem(action, target) : AuditEntry.By(actor, action, target)) with { Changes = AuditChanges.Of(changes) };

    private static AuditParty PartyOf(TenantId id, StoredTenant tenant) => new(AuditParties.Tenant, id.ToString(), tenant.Name);

    private static AuditChange? DeletesAt(StoredTenant before, StoredTenant after) => AuditChanges.Text("/deletesAt", Print(before.DeletesAt), Print(after.DeletesAt));

    private static string? Print(DateTimeOffset? time) => time is { } known ? AuditNames.Of(known) : null;

    private static string? Print(long? sequence) => sequence is > 0 and var known ? known.ToString(CultureInfo.InvariantCulture) : null;

    private static string Print(IpRule rule) => $"{SnakeCase.Of(rule.Action)} {rule.Cidr} {rule.UserId?.ToString() ?? SnakeCase.Of(rule.Subject)}";
}
