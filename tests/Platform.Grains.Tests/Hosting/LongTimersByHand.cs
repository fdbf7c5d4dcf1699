using System.Threading.Channels;

namespace Platform.Grains.Tests.Hosting;

/// <summary>Timers of five minutes and more fire when a test moves the clock; shorter ones, by which the runtime starts, probes and stops, run by themselves.</summary>
internal sealed class LongTimersByHand(ManualTimeProvider clock) : TimeProvider
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly Channel<string> _armed = Channel.CreateUnbounded<string>();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => System.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var (real, manual) = (System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan), clock.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        var timer = new EitherTimer(real, manual, () => _armed.Writer.TryWrite($"{state}"));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until a long timer waits again whose state, for a grain timer its grain, is named so.</summary>
    /// <returns>The names of the others that came to wait before.</returns>
    public async Task<IReadOnlyList<string>> ArmedAsync(string name)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20), System);
        var others = new List<string>();
        while (await _armed.Reader.ReadAsync(timeout.Token) is var armed && !armed.Contains(name, StringComparison.Ordinal)) others.Add(armed);
        return others;
    }

    private sealed class EitherTimer(ITimer real, ITimer manual, Action armed) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var byHand = dueTime >= Long;
            var changed = (byHand ? real : manual).Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) && (byHand ? manual : real).Change(dueTime, period);
            if (byHand) armed();
            return changed;
        }

        public void Dispose()
        {
            real.Dispose();
            manual.Dispose();
        }

        public async ValueTask DisposeAsync()
        {
            await real.DisposeAsync();
            await manual.DisposeAsync();
        }
    }
}
