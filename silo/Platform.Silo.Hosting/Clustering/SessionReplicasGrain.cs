using Orleans.Concurrency;
using Platform.Replicas;
using Platform.Sessions;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>The door of one silo for those who hold replicas of its sessions; all state is in <see cref="SessionReplication"/>.</summary>
[Reentrant, OnNamedSilo]
internal sealed class SessionReplicasGrain(SessionReplication replication) : Grain, ISessionReplicasGrain
{
    public Task<ReplicaBatch<SessionReplicaState>> ReceiveAsync(Guid holder, long incarnation, long confirmed, CancellationToken cancellationToken) =>
        replication.ReceiveAsync(holder, incarnation, confirmed, cancellationToken);

    public Task<bool> SendAsync(Guid holder, SessionReplicaRequest request, CancellationToken cancellationToken) => Task.FromResult(replication.Accept(holder, request));
}
