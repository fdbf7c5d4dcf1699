namespace Platform.Benchmarks.Hosting;

/// <summary>The machine's clock, moved ahead by hand, so that a run need not wait for timeouts to pass. Timers and stopwatches are the machine's.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long _shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _shift));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _shift, by.Ticks);
}
