using System.Diagnostics;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Overload;

/// <summary>Checks of sessions at a rate from a process of its own and, from this one, lists: as fast as they are answered, or at a rate whatever becomes of them.</summary>
internal sealed class OverloadRuns(CheckSender checks, RatedSender lists)
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(30);

    /// <summary>Lists in a closed loop.</summary>
    public Task<OverloadPart> BestAsync(TimeSpan duration, int connections, CancellationToken interrupt) =>
        MeasureAsync(duration, part => lists.SendOneAfterTheOtherAsync(part, duration, connections, interrupt), interrupt);

    /// <summary>Lists in an open loop.</summary>
    public Task<OverloadPart> AtRateAsync(TimeSpan duration, double listsPerSecond, CancellationToken interrupt) =>
        MeasureAsync(duration, part => lists.SendAtRateAsync(part, duration, listsPerSecond, interrupt), interrupt);

    /// <summary>How long until half a second passes in which nothing is refused and checks are no slower than five times what they were when it was calm; null: longer than half a minute.</summary>
    public async Task<TimeSpan?> RecoverAsync(double listsPerSecond, OverloadPart calm, CancellationToken interrupt)
    {
        var started = Stopwatch.GetTimestamp();
        while (Units.Since(started) < LongestRecovery)
        {
            var begun = Units.Since(started);
            var part = await AtRateAsync(Slice, listsPerSecond, interrupt);
            if (part.Refused + part.Failed + part.Unsent + part.Checks.NotAnswered == 0 && part.Checks.P99 <= 5 * calm.Checks.P99) return begun;
        }

        return null;
    }

    private async Task<OverloadPart> MeasureAsync(TimeSpan duration, Func<OverloadPart, Task> sendLists, CancellationToken interrupt)
    {
        var part = new OverloadPart();
        var started = Stopwatch.GetTimestamp();
        var checking = checks.SendAsync(duration, interrupt);
        await sendLists(part);
        part.Elapsed = Units.Since(started);
        part.Checks = await checking;
        interrupt.ThrowIfCancellationRequested();
        return part;
    }
}
