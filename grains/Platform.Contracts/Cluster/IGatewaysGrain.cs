using System.Collections.Immutable;

namespace Platform.Cluster;

/// <summary>Which gateways lead into the cluster now (key <c>gateways_…</c>, stateless): for API hosts that are no silos, and must not reach the database (row DMZ).</summary>
[Alias("platform.IGatewaysGrain")]
public interface IGatewaysGrain : IGrainWithStringKey
{
    /// <summary>Of the members as they were read within the last seconds: one that died or hangs is not among them, once the others have found out.</summary>
    /// <returns>As <c>address:port</c>.</returns>
    [Alias("List"), ResponseTimeout("00:00:02")]
    Task<ImmutableArray<string>> ListAsync(CancellationToken cancellationToken);
}
