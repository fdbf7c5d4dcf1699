using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Platform.Snippets;

namespace Platform.Tenants;

/// <summary>
/// The tenants that anything in this process has asked for. The tenant's grain publishes its policy after each durable change. A record is never taken away,
/// because live sessions point to it; there is one for each tenant at most, some hundred bytes.
/// </summary>
public sealed class LiveTenants
{
    private readonly ConcurrentDictionary<TenantId, LiveTenant> _tenants = new();
    private readonly ConcurrentDictionary<SnippetId, LiveTenant> _bySnippet = new();

    public bool TryGet(TenantId id, [NotNullWhen(true)] out LiveTenant? tenant) => _tenants.TryGetValue(id, out tenant);

    /// <summary>A moving picture.</summary>
    public IEnumerable<TenantId> Known => _tenants.Select(pair => pair.Key);

    /// <summary>As its tenant has it now; false for one that has been deleted, and for those of tenants that nothing here has asked for.</summary>
    public bool TryGetSnippet(SnippetId id, [NotNullWhen(true)] out PublishedSnippet? snippet)
    {
        snippet = null;
        return _bySnippet.TryGetValue(id, out var tenant) && tenant.TryGetSnippet(id, out snippet);
    }

    public LiveTenant Publish(TenantId id, TenantPolicySnapshot policy)
    {
        var tenant = _tenants.GetOrAdd(id, static (id, first) => new LiveTenant(id, first), policy);
        tenant.Replace(policy);
        foreach (var snippet in policy.Snippets) _bySnippet[snippet.Id] = tenant;
        return tenant;
    }
}
