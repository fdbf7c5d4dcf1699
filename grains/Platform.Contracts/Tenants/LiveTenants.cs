using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Platform.Tenants;

/// <summary>
/// The tenants that anything in this process has asked for. The tenant's grain publishes its terms after each durable change. A record is never taken away,
/// because live sessions point to it; there is one for each tenant at most, some hundred bytes.
/// </summary>
public sealed class LiveTenants
{
    private readonly ConcurrentDictionary<TenantId, LiveTenant> _tenants = new();

    public bool TryGet(TenantId id, [NotNullWhen(true)] out LiveTenant? tenant) => _tenants.TryGetValue(id, out tenant);

    /// <summary>A moving picture.</summary>
    public IEnumerable<TenantId> Known => _tenants.Select(pair => pair.Key);

    public LiveTenant Publish(TenantId id, TenantTerms terms)
    {
        var tenant = _tenants.GetOrAdd(id, static (_, first) => new LiveTenant(first), terms);
        tenant.Replace(terms);
        return tenant;
    }
}
