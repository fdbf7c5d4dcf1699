using System.Collections.Immutable;
using Platform.Cluster;

namespace Platform.Sessions;

/// <summary>
/// Takes sessions out of the memory that validations read, on every node: for changes that could not reach a session's grain in time. The grain, wherever it is, asks its user's
/// grain again before anyone can validate the session, and so learns of an end or of other rights (decision 61).
/// </summary>
internal sealed class SessionEviction(LiveSessions live, ActivityWriter writer, IClusterBroadcast broadcast)
{
    /// <exception cref="StorageUnavailableException">It is not certain that all nodes have done it.</exception>
    public Task EvictAsync(ImmutableArray<SessionId> sessions) => Task.WhenAll(EvictHereAsync(sessions), broadcast.PublishEvictionAsync(sessions));

    /// <summary>In this process. No validation reads the records any more when the first wait begins; their clocks are saved when it returns.</summary>
    public Task EvictHereAsync(IEnumerable<SessionId> sessions)
    {
        var saving = new List<Task>();
        foreach (var id in sessions)
        {
            if (!live.TryGet(id, out var session) || !session.TryEvict(out var unsaved)) continue;
            live.Remove(session);
            if (unsaved is { } activity) saving.Add(writer.SaveAsync(new SessionActivity(id, activity), CancellationToken.None));
        }

        return Task.WhenAll(saving);
    }

    /// <summary>All that this process holds.</summary>
    public Task EvictAllHereAsync() => EvictHereAsync([.. live.All.Select(session => session.Id)]);
}
