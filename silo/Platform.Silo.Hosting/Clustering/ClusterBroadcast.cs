using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Cluster;
using Platform.Tenants;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>
/// Tells every member that the table has after the change was written: one that joins later asks the grain itself. A member that does not answer is fenced off, and
/// one that is dead is waited for until its lease is over.
/// </summary>
internal sealed partial class ClusterBroadcast(
    Membership membership, ILocalSiloDetails self, IServiceProvider services, ILogger<ClusterBroadcast> logger) : IClusterBroadcast
{
    private readonly Lazy<InvalidationServiceClient> _nodes = new(services.GetRequiredService<InvalidationServiceClient>);

    public Task PublishPolicyAsync(TenantId tenant, TenantPolicySnapshot policy) => TellAsync(node => node.AcceptPolicyAsync(tenant, policy));

    public Task PublishKeyDestroyedAsync(string subject) => TellAsync(node => node.ForgetKeyAsync(subject));

    public Task PublishEvictionAsync(ImmutableArray<SessionId> sessions) => TellAsync(node => node.EvictAsync(sessions));

    private async Task TellAsync(Func<IInvalidationService, Task> tell)
    {
        var members = await membership.ReadAsync(CancellationToken.None);
        await Task.WhenAll(members.Where(member => !member.Address.Equals(self.SiloAddress)).Select(member => TellAsync(member, tell)));
    }

    private async Task TellAsync(Member member, Func<IInvalidationService, Task> tell)
    {
        if (member.Status == SiloStatus.Dead)
        {
            await membership.UntilGoneAsync(member.Address, CancellationToken.None);
            return;
        }

        // One that is behind holds no lease, and must not get one for what it read before this.
        if (member.Fence == member.Adopted && await TryTellAsync(member, tell)) return;
        await membership.FenceAsync(member.Address, CancellationToken.None);
    }

    private async Task<bool> TryTellAsync(Member member, Func<IInvalidationService, Task> tell)
    {
        try
        {
            await tell(_nodes.Value.Of(member.Address));
            return true;
        }
        catch (Exception failure)
        {
            NotTaken(logger, member.Address, failure);
            return false;
        }
    }

    [LoggerMessage(EventName = "NodeFenced", Level = LogLevel.Warning, Message = "Silo {Silo} did not take what it was told; it answers no validation until it has caught up")]
    private static partial void NotTaken(ILogger logger, SiloAddress silo, Exception failure);
}
