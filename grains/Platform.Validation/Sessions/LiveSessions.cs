using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Platform.Cluster;

namespace Platform.Sessions;

/// <summary>
/// The live sessions whose grains are in this process, so that a host beside them validates without a grain call. Empty in a pure client process.
/// Only session grains publish and withdraw.
/// </summary>
public sealed class LiveSessions(MembershipLease? lease = null)
{
    private readonly ConcurrentDictionary<SessionId, LiveSession> _sessions = new();
    private readonly Channel<bool> _urgent = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _count;

    /// <summary>Readable when some of it should not wait for the next interval.</summary>
    public ChannelReader<bool> Urgent => _urgent.Reader;

    /// <summary>Activity after a longer pause is saved at once, besides that after a tenth of the idle timeout.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.MaxValue;

    /// <summary>Demanded of each answer about one of them.</summary>
    public MembershipLease Lease { get; } = lease ?? MembershipLease.ForEver;

    /// <summary>Sessions with activity that is not saved yet; drained by <c>ActivityWriter</c>.</summary>
    public ConcurrentQueue<LiveSession> Unsaved { get; } = new();

    /// <summary>Sessions that other processes have replicas of and that were touched here since it was last passed on; drained by <c>SessionReplication</c>.</summary>
    public ConcurrentQueue<LiveSession> Unreported { get; } = new();

    /// <summary>Sessions whose expiry was answered and is not written yet, each once; drained by the sweeper.</summary>
    public Channel<SessionId> Expired { get; } = Channel.CreateUnbounded<SessionId>(new UnboundedChannelOptions { SingleReader = true });

    public int Count => Volatile.Read(ref _count);

    /// <summary>A moving picture, for the sweeper.</summary>
    public IEnumerable<LiveSession> All => _sessions.Select(pair => pair.Value);

    public bool TryGet(SessionId id, [NotNullWhen(true)] out LiveSession? session) => _sessions.TryGetValue(id, out session);

    /// <summary>Does not wait and takes no part in the touch's answer.</summary>
    internal void WakeWriter() => _urgent.Writer.TryWrite(true);

    public void Publish(LiveSession session)
    {
        if (_sessions.TryAdd(session.Id, session)) Interlocked.Increment(ref _count);
        else _sessions[session.Id] = session;
    }

    /// <summary>Removes this record, not one that has replaced it.</summary>
    public void Remove(LiveSession session)
    {
        if (_sessions.TryRemove(new KeyValuePair<SessionId, LiveSession>(session.Id, session))) Interlocked.Decrement(ref _count);
    }
}
