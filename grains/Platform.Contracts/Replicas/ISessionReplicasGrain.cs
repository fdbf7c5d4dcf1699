using Orleans.Concurrency;
using Platform.Sessions;

namespace Platform.Replicas;

/// <summary>
/// Key: <c>rep_</c> and the address of a silo, on which it is placed. The way of hosts to replicas of the sessions that live on that silo (decision 90). Fails when that silo is gone.
/// </summary>
[Alias("platform.ISessionReplicasGrain")]
public interface ISessionReplicasGrain : IGrainWithStringKey
{
    /// <summary>How long an answer without changes is put off.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Confirms what the holder has applied, and waits for changes, half a second at most. Called again as soon as it has answered.</summary>
    /// <param name="holder">One connection of a host, a random number.</param>
    /// <param name="incarnation">As last answered; 0: the first time.</param>
    /// <param name="confirmed">Number of the last change that it has applied.</param>
    /// <param name="cancellationToken">Of the call.</param>
    [Alias("Receive"), AlwaysInterleave, ResponseTimeout("00:00:01.500")]
    Task<ReplicaBatch<SessionReplicaState>> ReceiveAsync(Guid holder, long incarnation, long confirmed, CancellationToken cancellationToken);

    /// <summary>Asks for replicas, and reports activity. What is granted comes with <see cref="ReceiveAsync"/>.</summary>
    /// <returns>False: the silo does not know the holder.</returns>
    [Alias("Send"), AlwaysInterleave, ResponseTimeout("00:00:01.500")]
    Task<bool> SendAsync(Guid holder, SessionReplicaRequest request, CancellationToken cancellationToken);
}
