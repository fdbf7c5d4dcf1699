namespace Platform.Hosting.Clocks;

/// <summary>
/// The clock of Orleans: runs as fast as the one it is made of, but where that steps back this one goes on from the latest time it has given. Orleans' activation collector
/// refuses to schedule what lies before its last round, so that after a step back no grain could be activated (dotnet/orleans#1524, #2916).
/// </summary>
/// <remarks>Nothing of the platform that is stored or answered comes from it. Timers and timestamps are those of the machine.</remarks>
internal sealed class ForwardClock(TimeProvider clock) : TimeProvider
{
    private readonly Lock _gate = new();
    private DateTimeOffset _latest = DateTimeOffset.MinValue;
    private TimeSpan _ahead;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            // Read under the lock: two readers out of order would look like a step back.
            var now = clock.GetUtcNow();
            if (now < _latest) _ahead += _latest - now;
            _latest = now;
            return now + _ahead;
        }
    }

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
}
