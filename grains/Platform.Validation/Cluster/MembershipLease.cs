namespace Platform.Cluster;

/// <summary>
/// Whether this process may answer from memory (threats T40, T41). In a cluster it is extended each time the process has read that it is still a member, and has taken
/// what the others decided meanwhile; a process that was frozen or cut off finds it run out and answers nothing until it has read again. A process that answers by replicas of
/// what such a process owns holds a part of the owner's lease (decision 90). The clock is monotonic.
/// </summary>
/// <remarks>Ask immediately before the answer: what was true when the request came may have been revoked elsewhere while the process stood still. Costs no lock and no allocation.</remarks>
public sealed class MembershipLease(TimeProvider time)
{
    private long _until = long.MinValue;

    /// <summary>For a process that is alone: nobody else can decide anything.</summary>
    public static MembershipLease ForEver { get; } = new(TimeProvider.System) { _until = long.MaxValue };

    public bool IsHeld => Volatile.Read(ref _until) is var until && (until == long.MaxValue || time.GetTimestamp() < until);

    /// <summary>How long it is still held; zero when it is not.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var until = Volatile.Read(ref _until);
            if (until == long.MaxValue) return TimeSpan.MaxValue;
            var now = time.GetTimestamp();
            return until > now ? time.GetElapsedTime(now, until) : TimeSpan.Zero;
        }
    }

    /// <param name="timestamp">Of the clock's monotonic counter, in its ticks. One that is already over ends the lease.</param>
    public void HoldUntil(long timestamp) => Volatile.Write(ref _until, timestamp);

    public void Revoke() => Volatile.Write(ref _until, long.MinValue);

    /// <exception cref="LeaseExpiredException">It is not held.</exception>
    public void ThrowIfExpired()
    {
        if (!IsHeld) throw new LeaseExpiredException();
    }
}
