namespace Platform.Tenants;

internal static class LiveTenantsExtensions
{
    /// <summary>From this process, or from the tenant's grain where nothing here has asked for it yet. Null when there is no such tenant.</summary>
    public static async ValueTask<LiveTenant?> FindAsync(this LiveTenants tenants, IGrainFactory grains, TenantId id, CancellationToken cancellationToken)
    {
        if (tenants.TryGet(id, out var known)) return known;
        return await grains.TenantAccount(id).FindPolicyAsync(cancellationToken) is { } policy ? tenants.Publish(id, policy) : null;
    }
}
