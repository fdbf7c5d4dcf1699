namespace Platform.Tests;

/// <summary>
/// A clock that stands until it is moved. Timers (delays, periodic timers, grain timers) fire in order of their due time while <see cref="Advance"/>
/// passes it, on the caller's thread. <see cref="StepBack"/> moves the wall clock only, as an operator or NTP would.
/// </summary>
internal sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;
    private long _elapsed;

    public ManualTimeProvider() : this(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)) { }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public override long GetTimestamp()
    {
        lock (_gate) return _elapsed;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long target;
        lock (_gate) target = _elapsed + by.Ticks;
        while (NextDue(target) is { } due) due.Fire();
        lock (_gate) MoveTo(target);
    }

    public void StepBack(TimeSpan by)
    {
        lock (_gate) _now -= by;
    }

    private ManualTimer? NextDue(long target)
    {
        lock (_gate)
        {
            var due = _timers.Where(t => t.DueAt <= target).MinBy(t => t.DueAt);
            if (due is null) return null;
            MoveTo(Math.Max(_elapsed, due.DueAt!.Value));
            due.Rearm();
            return due;
        }
    }

    private void MoveTo(long elapsed)
    {
        _now += TimeSpan.FromTicks(elapsed - _elapsed);
        _elapsed = elapsed;
    }

    private sealed class ManualTimer(ManualTimeProvider owner, Action fire) : ITimer
    {
        private TimeSpan _period;

        public long? DueAt { get; private set; }

        public Action Fire { get; } = fire;

        public void Rearm()
        {
            if (_period > TimeSpan.Zero) DueAt += _period.Ticks;
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
