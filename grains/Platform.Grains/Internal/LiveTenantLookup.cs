using Platform.Tenants;

namespace Platform.Internal;

/// <summary>What a tenant decides about its sessions, as this process has it.</summary>
internal sealed class LiveTenantLookup(LiveTenants tenants, IGrainFactory grains)
{
    /// <summary>From this process, or from the tenant's grain where nothing here has asked for it yet. Null when there is no such tenant.</summary>
    public async ValueTask<LiveTenant?> FindAsync(TenantId id, CancellationToken cancellationToken)
    {
        if (tenants.TryGet(id, out var known)) return known;
        return await grains.TenantInternal(id).FindPolicyAsync(cancellationToken) is { } policy ? tenants.Publish(id, policy) : null;
    }
}
