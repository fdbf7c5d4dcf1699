using System.Collections.Immutable;
using Platform.Audit;
using Platform.Internal;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>What a restore from a backup makes of a tenant. Pure.</summary>
internal static class TenantRestore
{
    /// <param name="id">The tenant's.</param>
    /// <param name="tenant">As it was in the backup.</param>
    /// <param name="restore">With what the journal of endings knows.</param>
    /// <param name="settings">For the entries.</param>
    /// <returns>All sessions are over and what was sent is void. Passwords are distrusted only where nobody knows which ones were replaced.</returns>
    public static (StoredTenant Next, ImmutableArray<AuditEntry> Entries) After(TenantId id, StoredTenant tenant, PlatformRestore restore, TenantSettings settings)
    {
        var next = WithEndings(tenant, (restore.Endings ?? TenantEndings.None) with { Deletion = restore.Deletion }, restore.RestoredAt) with { Epoch = tenant.Epoch + 1, RestoredAt = restore.RestoredAt };
        if (restore.Endings is not { IsWhole: true }) next = next with { PasswordCutoff = restore.RestoredAt, Status = IsOverdue(next.Slug, next.Status, next.DeletesAt, restore) ? TenantStatus.Suspended : next.Status };
        var changed = TenantAuditEntries.Changed(id, restore, tenant, next, settings);
        return (next, [TenantAuditEntries.Restored(id, tenant, restore), .. changed.Changes.IsEmpty ? [] : (AuditEntry[])[changed], .. TenantAuditEntries.RolesChanged(restore, tenant, next)]);
    }

    /// <summary>
    /// The time of its deletion has passed meanwhile, and nobody knows whether it was taken back. It may have been destroyed: its people stay outside, and the platform goes on with the deletion unless an operator takes it back.
    /// </summary>
    public static bool IsOverdue(string slug, TenantStatus status, DateTimeOffset? deletesAt, PlatformRestore restore) =>
        restore is { Endings: not { IsWhole: true }, IsDestroyed: false } && slug != Slugs.Platform && status == TenantStatus.Active && deletesAt <= restore.RestoredAt;

    private static StoredTenant WithEndings(StoredTenant tenant, TenantEndings endings, DateTimeOffset now)
    {
        var next = tenant with
        {
            Status = endings.Suspended && tenant.Status == TenantStatus.Active ? TenantStatus.Suspended : tenant.Status,
            RequireSecondFactor = tenant.RequireSecondFactor || (endings.RequireSecondFactor && tenant.Features.TwoFactor),
            SupportApprovalWaived = tenant.SupportApprovalWaived && !endings.SupportApproval,
            IdleTimeout = Shorter(tenant.IdleTimeout, endings.IdleTimeout),
            AbsoluteTimeout = Shorter(tenant.AbsoluteTimeout, endings.AbsoluteTimeout),
            Roles = Roles(tenant.Roles, endings),
        };
        return endings.Deletion switch
        {
            { Begun: true } when tenant.Slug != Slugs.Platform => next with { Status = TenantStatus.Deleting, DeletesAt = tenant.DeletesAt ?? now },
            { DeletesAt: null, Begun: false } when tenant.Status != TenantStatus.Deleting => next with { DeletesAt = null },
            { DeletesAt: { } at } when tenant.Slug != Slugs.Platform => next with { DeletesAt = at },
            _ => next,
        };
    }

    /// <summary>Exactly as they were last where that is known; otherwise nothing grows.</summary>
    private static ImmutableArray<Role> Roles(ImmutableArray<Role> roles, TenantEndings endings)
    {
        roles = roles.RemoveAll(role => endings.DeletedRoles.Contains(role.Name));
        foreach (var last in endings.Roles)
        {
            if (roles.FirstOrDefault(role => role.Name == last.Name) is { } known) roles = roles.Replace(known, endings.IsWhole ? last : last with { Permissions = last.Permissions & known.Permissions });
            else if (endings.IsWhole) roles = roles.Add(last);
        }

        return roles;
    }

    private static TimeSpan? Shorter(TimeSpan? known, TimeSpan? last) => known < last ? known : last ?? known;
}
