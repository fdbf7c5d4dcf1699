using System.Collections.Immutable;
using Platform.Audit;
using Platform.Cluster;
using Platform.State;

namespace Platform.Tenants;

/// <summary>The tenant of one activation: what storage is known to hold of it, and the one way in which that changes. What the grain's parts are given to work on.</summary>
internal sealed class CommittedTenant(
    TenantId id, Committed<StoredTenant> state, TenantTable table, LiveTenants live, IClusterBroadcast broadcast, TenantSettings settings, AuditLog audit, TimeProvider time)
{
    private readonly Projection<StoredTenant> _rows = new();

    public TenantId Id => id;

    /// <summary>Null when there is none.</summary>
    public StoredTenant? Stored => state.Value;

    /// <summary>
    /// At activation: a change may have been written whose publication was cut off, and nobody shall see it here before it holds everywhere. The table may be behind, too.
    /// </summary>
    public async Task RepairAsync(StoredTenant tenant, CancellationToken cancellationToken)
    {
        await PublishAsync(settings.SnapshotOf(tenant, time.GetUtcNow()));
        await _rows.RepairAsync(tenant, ListAsync, cancellationToken);
    }

    /// <summary>Writes the state, publishes what validations need of it where that has changed, and the table where what it shows has changed.</summary>
    public async Task<TenantView> SaveAsync(StoredTenant next, CancellationToken cancellationToken)
    {
        var known = state.Value;
        var shown = known is null || settings.ViewOf(id, known) != settings.ViewOf(id, next);
        var versioned = _rows.Next(next, shown) with { Revision = next.Revision + 1 };
        var before = known is not null ? settings.SnapshotOf(known, time.GetUtcNow()) : null;
        await state.CommitAsync(versioned, cancellationToken);
        var policy = settings.SnapshotOf(versioned, time.GetUtcNow());
        if (before is null || before with { Revision = policy.Revision } != policy) await PublishAsync(policy);
        if (shown) await _rows.WriteAsync(versioned, ListAsync, cancellationToken);
        return settings.ViewOf(id, versioned);
    }

    /// <summary>The entry is on disk before the change is written.</summary>
    public Task<TenantView> SaveAsync(StoredTenant next, AuditEntry entry, CancellationToken cancellationToken) => SaveAsync(next, [entry], cancellationToken);

    /// <summary>The entries are on disk, side by side, before the change is written.</summary>
    public Task<TenantView> SaveAsync(StoredTenant next, ImmutableArray<AuditEntry> entries, CancellationToken cancellationToken) =>
        audit.RecordThenAsync(id, entries, () => SaveAsync(next, cancellationToken));

    /// <summary>The row, then the state: nothing that was published changes, so that whoever still holds it refuses all.</summary>
    public async Task DropAsync(CancellationToken cancellationToken)
    {
        await table.RemoveAsync(id, cancellationToken);
        await state.ClearAsync(cancellationToken);
    }

    /// <summary>Here and on every other node; when it returns, no validation anywhere uses an earlier policy.</summary>
    private async Task PublishAsync(TenantPolicySnapshot policy)
    {
        live.Publish(id, policy);
        try
        {
            await broadcast.PublishPolicyAsync(id, policy);
        }
        catch
        {
            // The next activation publishes it again.
            state.Deactivate();
            throw;
        }
    }

    private Task ListAsync(StoredTenant tenant, CancellationToken cancellationToken) => table.SaveAsync(settings.ViewOf(id, tenant), cancellationToken);
}
