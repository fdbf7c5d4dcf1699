using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Cluster;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>
/// Sends each change to every member that the table has after the change was written; a member that joins later asks the grain itself. A member that does not answer is fenced off, and
/// one that is dead is waited for until its lease is over, and with it those of the replicas that it gave. So is a host that holds replicas and does not confirm.
/// </summary>
internal sealed partial class ClusterBroadcast(
    Membership membership, ILocalSiloDetails self, SessionReplication replication, IServiceProvider services, TimeProvider time, ILogger<ClusterBroadcast> logger) : IClusterBroadcast
{
    private readonly Lazy<InvalidationServiceClient> _nodes = new(services.GetRequiredService<InvalidationServiceClient>);

    public Task PublishPolicyAsync(TenantId tenant, TenantPolicySnapshot policy) =>
        Task.WhenAll(replication.PublishAsync(tenant, policy), SendAsync(node => node.AcceptPolicyAsync(tenant, policy)));

    public Task PublishKeyDestroyedAsync(string subject) => SendAsync(async node =>
    {
        await node.ForgetKeyAsync(subject);
        return TimeSpan.Zero;
    });

    public Task PublishEvictionAsync(ImmutableArray<SessionId> sessions) => SendAsync(node => node.EvictAsync(sessions));

    private async Task SendAsync(Func<IInvalidationService, Task<TimeSpan>> send)
    {
        var members = await membership.ReadAsync(CancellationToken.None);
        await Task.WhenAll(members.Where(member => !member.Address.Equals(self.SiloAddress)).Select(member => SendAsync(member, send)));
    }

    private async Task SendAsync(Member member, Func<IInvalidationService, Task<TimeSpan>> send)
    {
        if (member.Status == SiloStatus.Dead)
        {
            await membership.UntilGoneAsync(member.Address, CancellationToken.None);
            return;
        }

        // One that is behind holds no lease, and must not get one for what it read before this.
        if (member.Fence == member.Adopted && await TrySendAsync(member, send)) return;
        await membership.FenceAsync(member.Address, CancellationToken.None);
    }

    private async Task<bool> TrySendAsync(Member member, Func<IInvalidationService, Task<TimeSpan>> send)
    {
        try
        {
            var left = await send(_nodes.Value.Of(member.Address));
            if (left > TimeSpan.Zero) await Task.Delay(left, time);
            return true;
        }
        catch (Exception failure)
        {
            NotTaken(logger, member.Address, failure);
            return false;
        }
    }

    [LoggerMessage(EventName = "NodeFenced", Level = LogLevel.Warning, Message = "Silo {Silo} did not accept a change; it answers no validation until it has caught up")]
    private static partial void NotTaken(ILogger logger, SiloAddress silo, Exception failure);
}
