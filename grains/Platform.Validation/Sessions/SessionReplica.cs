using Platform.Replicas;

namespace Platform.Sessions;

/// <summary>
/// A copy of a session that lives in another process, by which this one answers as the owner would: judged by the same rules, by the owner's clock and under its lease. It says yes only;
/// whatever it would refuse, the owner is asked.
/// </summary>
public sealed class SessionReplica
{
    /// <summary>The owner has to hear of an activity before it would find the session idle: with less time left than this it is asked itself.</summary>
    private static readonly TimeSpan ReportTime = TimeSpan.FromSeconds(5);

    private readonly ReplicaHolder<SessionReplicaState> _holder;
    private long _knownToOwner;
    private bool _used = true;

    internal SessionReplica(LiveSession session, SessionReplicaSource source, ReplicaHolder<SessionReplicaState> holder, DateTimeOffset lastActivity)
    {
        (Session, Source, _holder) = (session, source, holder);
        _knownToOwner = lastActivity.UtcTicks;
    }

    public LiveSession Session { get; }

    internal SessionReplicaSource Source { get; }

    /// <summary>The time to judge it by: that of the owner, or of this process if it is later. So a clock that is wrong here has the owner asked, and prolongs nothing.</summary>
    /// <param name="here">By the clock of this process.</param>
    /// <param name="now">To judge by.</param>
    /// <returns>False: this process may not answer by it now.</returns>
    public bool TryGetTime(DateTimeOffset here, out DateTimeOffset now)
    {
        now = here;
        if (!_holder.Lease.IsHeld) return false;
        var there = _holder.OwnerNow;
        if (there > here) now = there;
        if (!Volatile.Read(ref _used)) Volatile.Write(ref _used, true);
        return true;
    }

    /// <summary>Whether activity may be answered before the owner has heard of it.</summary>
    public bool MayExtend(DateTimeOffset now) => now.UtcTicks - Volatile.Read(ref _knownToOwner) < Session.Tenant.Current.IdleTimeout - ReportTime.Ticks;

    /// <summary>The owner has heard of activity until then.</summary>
    internal void NoteKnown(DateTimeOffset activity)
    {
        long seen;
        do
        {
            seen = Volatile.Read(ref _knownToOwner);
            if (activity.UtcTicks <= seen) return;
        }
        while (Interlocked.CompareExchange(ref _knownToOwner, activity.UtcTicks, seen) != seen);
    }

    /// <summary>Whether it was used since it was last asked: what was not may be dropped.</summary>
    internal bool TakeUsed()
    {
        if (!Volatile.Read(ref _used)) return false;
        Volatile.Write(ref _used, false);
        return true;
    }
}
