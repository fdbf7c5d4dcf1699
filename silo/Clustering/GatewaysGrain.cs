using System.Collections.Immutable;
using Orleans.Concurrency;
using Platform.Cluster;

namespace Platform.Silo.Clustering;

[StatelessWorker, Reentrant]
internal sealed class GatewaysGrain(Membership membership, AnsweringLease lease) : Grain, IGatewaysGrain
{
    /// <exception cref="LeaseLapsedException">What this silo knows is old; another one knows better.</exception>
    public Task<ImmutableArray<string>> ListAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<string> gateways = [.. membership.Known
            .Where(member => member is { Status: SiloStatus.Active, Gateway: not null })
            .Select(member => member.Gateway!.ToString())];
        lease.Demand();
        return Task.FromResult(gateways);
    }
}
