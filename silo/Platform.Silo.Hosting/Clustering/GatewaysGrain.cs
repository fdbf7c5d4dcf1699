using System.Collections.Immutable;
using Orleans.Concurrency;
using Platform.Cluster;

namespace Platform.Silo.Hosting.Clustering;

/// <param name="lease">Of this process.</param>
/// <param name="membership">None where the process is alone: nothing leads into it.</param>
[StatelessWorker, Reentrant]
internal sealed class GatewaysGrain(MembershipLease lease, Membership? membership = null) : Grain, IGatewaysGrain
{
    /// <exception cref="LeaseExpiredException">What this silo knows is old; another one knows better.</exception>
    public Task<ImmutableArray<string>> ListAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<string> gateways = membership is null ? [] : [.. membership.Known
            .Where(member => member is { Status: SiloStatus.Active, Gateway: not null })
            .Select(member => member.Gateway!.ToString())];
        lease.ThrowIfExpired();
        return Task.FromResult(gateways);
    }
}
