namespace Platform.Testing;

/// <summary>
/// A clock that stands until it is moved. <see cref="Advance"/> moves it at once, then fires each timer (delays, periodic timers, grain timers) that
/// became due, once, in order of due time, on the caller's thread: as a machine that slept through it. <see cref="StepBack"/> moves the wall clock only, as an operator or NTP would.
/// </summary>
public sealed class ManualTimeProvider(DateTimeOffset start, bool realTimers = false) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;
    private long _elapsed;

    public ManualTimeProvider() : this(DefaultStart) { }

    public static DateTimeOffset DefaultStart { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => realTimers ? System.TimestampFrequency : TimeSpan.TicksPerSecond;

    /// <summary>
    /// Wall clock by hand, timers and stopwatches by the machine: for hosts whose runtime needs time to pass in order to start, probe and stop.
    /// </summary>
    public static ManualTimeProvider WithRealTimers() => new(DefaultStart, realTimers: true);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public override long GetTimestamp()
    {
        if (realTimers) return System.GetTimestamp();
        lock (_gate) return _elapsed;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (realTimers) return System.CreateTimer(callback, state, dueTime, period);
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        ManualTimer[] due;
        lock (_gate)
        {
            _now += by;
            _elapsed += by.Ticks;
            due = [.. _timers.Where(t => t.DueAt <= _elapsed).OrderBy(t => t.DueAt)];
            foreach (var timer in due) timer.Rearm();
        }

        foreach (var timer in due) timer.Fire();
    }

    public void StepBack(TimeSpan by)
    {
        lock (_gate) _now -= by;
    }

    private sealed class ManualTimer(ManualTimeProvider owner, Action fire) : ITimer
    {
        private TimeSpan _period;

        public long? DueAt { get; private set; }

        public Action Fire { get; } = fire;

        public void Rearm()
        {
            if (_period > TimeSpan.Zero) DueAt = owner._elapsed + _period.Ticks;
            else DueAt = null;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                _period = period;
                DueAt = dueTime < TimeSpan.Zero ? null : owner._elapsed + dueTime.Ticks;
                if (!owner._timers.Contains(this)) owner._timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (owner._gate) owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
