using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Replicas;

namespace Platform.Sessions;

/// <summary>
/// The replicas of this process, from all silos, by session (decision 90). As many as it is allowed to hold; those that nobody asked for lately go first. Empty where all sessions
/// live in this process.
/// </summary>
public sealed class SessionReplicas(IGrainFactory grains, IOptions<SessionReplicaOptions> options, TimeProvider time, ILogger<SessionReplicas> logger) : IHostedService
{
    /// <summary>Entries of the order of age that stand for nothing any more are cleared away from so many on.</summary>
    private const int MinClearing = 1_000;

    private readonly ConcurrentDictionary<SessionId, SessionReplica> _replicas = new();
    private readonly Dictionary<string, SessionReplicaSource> _sources = new(StringComparer.Ordinal);
    private readonly Queue<SessionReplica> _byAge = new();
    private readonly Lock _gate = new();
    private int _count;
    private bool _stopped;

    public int Count => Volatile.Read(ref _count);

    public bool TryGet(SessionId id, [NotNullWhen(true)] out SessionReplica? replica) => _replicas.TryGetValue(id, out replica);

    /// <summary>Asks the silo where the session lives for a replica. Does not wait; nothing happens where it is being asked already.</summary>
    public void Want(SessionId id, string silo)
    {
        if (options.Value.MaxSessions == 0) return;
        SessionReplicaSource? source;
        lock (_gate)
        {
            if (_stopped) return;
            if (!_sources.TryGetValue(silo, out source))
            {
                source = new SessionReplicaSource(silo, grains.SessionReplicas(silo), this, time, logger);
                _sources.Add(silo, source);
                source.Start();
            }
        }

        source.Want(id);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What was touched last is reported before it returns, where the silos answer.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        SessionReplicaSource[] sources;
        lock (_gate)
        {
            _stopped = true;
            sources = [.. _sources.Values];
        }

        await Task.WhenAll(sources.Select(source => source.StopAsync(cancellationToken)));
        foreach (var source in sources) source.Dispose();
    }

    /// <summary>In the place of an earlier one: what was touched there goes over.</summary>
    internal void Put(SessionReplica replica)
    {
        var id = replica.Session.Id;
        lock (_gate)
        {
            if (!_replicas.TryGetValue(id, out var old)) _count++;
            _replicas[id] = replica;
            if (old is not null && old.Session.TryEvict(out _) && replica.Session.Advance(old.Session.EvictedActivity) is not null) replica.Session.ReturnUnsaved();
            _byAge.Enqueue(replica);
            if (_byAge.Count > Math.Max(MinClearing, 2 * _count)) ClearAway();
            while (_count > options.Value.MaxSessions && DropColdest()) { }
        }
    }

    /// <summary>Of this source, not one that has replaced it.</summary>
    internal bool TryRemove(SessionId id, SessionReplicaSource source)
    {
        lock (_gate)
        {
            if (!_replicas.TryGetValue(id, out var replica) || replica.Source != source) return false;
            Remove(replica);
            return true;
        }
    }

    /// <summary>Its silo is gone, or has forgotten this process.</summary>
    /// <returns>How many replicas went with it.</returns>
    internal int Remove(SessionReplicaSource source)
    {
        lock (_gate)
        {
            if (_sources.TryGetValue(source.Silo, out var current) && current == source) _sources.Remove(source.Silo);
            var removed = _replicas.Values.Where(replica => replica.Source == source).ToArray();
            foreach (var replica in removed) Remove(replica);
            return removed.Length;
        }
    }

    private void Remove(SessionReplica replica)
    {
        _replicas.TryRemove(replica.Session.Id, out _);
        _count--;
        if (replica.Session.Withdraw() is { } unreported) replica.Source.Report(new SessionActivity(replica.Session.Id, unreported));
    }

    /// <summary>The oldest that was not used since it was last looked at.</summary>
    private bool DropColdest()
    {
        while (_byAge.TryDequeue(out var oldest))
        {
            if (!IsCurrent(oldest)) continue;
            if (oldest.TakeUsed())
            {
                _byAge.Enqueue(oldest);
                continue;
            }

            Remove(oldest);
            oldest.Source.NoteDropped(oldest.Session.Id);
            return true;
        }

        return false;
    }

    private void ClearAway()
    {
        for (var left = _byAge.Count; left > 0; left--)
        {
            var replica = _byAge.Dequeue();
            if (IsCurrent(replica)) _byAge.Enqueue(replica);
        }
    }

    private bool IsCurrent(SessionReplica replica) => _replicas.TryGetValue(replica.Session.Id, out var current) && current == replica;
}
