using Platform.Cluster;

namespace Platform.Replicas;

/// <summary>
/// The side of one process that answers by replicas of what another one owns: applies what the owner decided, in its order, and knows until when it may answer.
/// </summary>
/// <remarks>Batches are accepted by one thread at a time, in any order, twice or never; <see cref="Lease"/> and <see cref="OwnerNow"/> are read by any.</remarks>
/// <param name="id">Of this connection, chosen at random; a new one for each.</param>
/// <param name="apply">Called for each change, each once, before the lease that came with it counts.</param>
/// <param name="time">Monotonic clock of this process.</param>
/// <typeparam name="T">What is replicated.</typeparam>
public sealed class ReplicaHolder<T>(Guid id, Action<ReplicaChange<T>> apply, TimeProvider time) where T : class
{
    /// <summary>Of so many answers the one that took the least time says how far the owner's clock is from this one.</summary>
    private const int ClockSamples = 8;

    private readonly long[] _samples = new long[ClockSamples];
    private int _sampled;
    private long _ownerAhead;
    private long _leaseUntil = long.MinValue;
    private long _processed;

    public Guid Id { get; } = id;

    /// <summary>What the owner remembers of this holder; 0: nothing yet.</summary>
    public long Incarnation { get; private set; }

    /// <summary>Number of the last change that was applied.</summary>
    public long Processed => Volatile.Read(ref _processed);

    /// <summary>To be asked right before each answer.</summary>
    public MembershipLease Lease { get; } = new(time);

    /// <summary>The time by the owner's clock, behind it by no more than an answer was on its way.</summary>
    public DateTimeOffset OwnerNow => new(Ticks(time.GetTimestamp()) + Volatile.Read(ref _ownerAhead), TimeSpan.Zero);

    /// <param name="batch">As the owner answered.</param>
    /// <param name="askedAt">Timestamp of <see cref="TimeProvider.GetTimestamp"/> before the question was sent.</param>
    /// <returns>False: the owner does not know this holder; all that it holds is to be dropped at once.</returns>
    public bool TryAccept(ReplicaBatch<T> batch, long askedAt)
    {
        if (batch.Incarnation == 0 || Incarnation != 0 && batch.Incarnation != Incarnation)
        {
            Lease.Revoke();
            return false;
        }

        // One that begins later than this holder is must have been overtaken; the missing ones come with the next.
        if (batch.First > Processed + 1) return true;
        Incarnation = batch.Incarnation;
        NoteClock(batch.Now);
        for (var i = (int)(Processed + 1 - batch.First); i < batch.Changes.Length; i++)
        {
            apply(batch.Changes[i]);
            Volatile.Write(ref _processed, _processed + 1);
        }

        var until = askedAt + (long)(batch.Lease.TotalSeconds * time.TimestampFrequency);
        if (until > _leaseUntil) Lease.HoldUntil(_leaseUntil = until);
        return true;
    }

    private void NoteClock(DateTimeOffset ownerNow)
    {
        _samples[_sampled++ % ClockSamples] = ownerNow.UtcTicks - Ticks(time.GetTimestamp());
        Volatile.Write(ref _ownerAhead, _samples.AsSpan(0, Math.Min(_sampled, ClockSamples)).ToArray().Max());
    }

    private long Ticks(long timestamp) => (long)(timestamp * ((double)TimeSpan.TicksPerSecond / time.TimestampFrequency));
}
