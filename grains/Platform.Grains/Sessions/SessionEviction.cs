using System.Collections.Immutable;
using Platform.Cluster;
using Platform.Replicas;

namespace Platform.Sessions;

/// <summary>
/// Takes sessions out of the memory that validations read, on every node and in every replica: for changes that could not reach a session's grain in time. The grain, wherever it is, asks its user's
/// grain again before anyone can validate the session, and so learns of an end or of other rights (decision 61).
/// </summary>
internal sealed class SessionEviction(LiveSessions live, ActivityWriter writer, SessionReplication replication, IClusterBroadcast broadcast)
{
    /// <exception cref="StorageUnavailableException">It is not certain that all nodes have done it.</exception>
    public Task EvictAsync(ImmutableArray<SessionId> sessions)
    {
        var (withdrawn, saved) = EvictHere(sessions);
        return Task.WhenAll(withdrawn, saved, broadcast.PublishEvictionAsync(sessions));
    }

    /// <summary>In this process. No validation here reads the records any more when it returns.</summary>
    /// <returns>Completed when no replica is answered by any more, which never fails, and when the clocks are saved.</returns>
    public (Task Withdrawn, Task Saved) EvictHere(IEnumerable<SessionId> sessions)
    {
        List<Task> withdrawing = [], saving = [];
        foreach (var id in sessions)
        {
            if (live.TryGet(id, out var session) && session.TryEvict(out var unsaved))
            {
                live.Remove(session);
                if (unsaved is { } activity) saving.Add(writer.SaveAsync(new SessionActivity(id, activity), CancellationToken.None));
            }

            withdrawing.Add(replication.WithdrawAsync(id));
        }

        return (Task.WhenAll(withdrawing), Task.WhenAll(saving));
    }

    /// <summary>All that this process holds; their clocks are saved when the task completes. Replicas are for the caller to reset.</summary>
    public Task EvictAllHereAsync() => EvictHere([.. live.All.Select(session => session.Id)]).Saved;
}
