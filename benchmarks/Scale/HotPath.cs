using System.Diagnostics;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Scale;

/// <summary>How often threads of their own can make a call, each on sessions in random order, and how long each call took.</summary>
internal static class HotPath
{
    /// <param name="threads">Each calls again as soon as it was answered.</param>
    /// <param name="time">For how long.</param>
    /// <param name="sessions">Calls get a number below this.</param>
    /// <param name="call">False: not as expected, which ends the run.</param>
    public static HotPathResult Measure(int threads, TimeSpan time, int sessions, Func<int, bool> call)
    {
        Loop(time / 10, sessions, 1, call);
        var results = new (LatencyHistogram Latency, long Failed, long Allocated)[threads];
        var effort = Effort.Start();
        var workers = Enumerable.Range(0, threads).Select(i => new Thread(() => results[i] = Loop(time, sessions, i + 2, call)) { IsBackground = true }).ToArray();
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        var spent = effort.Stop();

        var all = new LatencyHistogram();
        foreach (var (latency, _, _) in results) all.Add(latency);
        var failed = results.Sum(result => result.Failed);
        return failed == 0 ? new HotPathResult(all, spent, results.Sum(result => result.Allocated)) : throw new InvalidOperationException($"{failed} calls were not answered as expected.");
    }

    private static (LatencyHistogram, long, long) Loop(TimeSpan time, int sessions, int seed, Func<int, bool> call)
    {
        var latency = new LatencyHistogram();
        long failed = 0;
        var random = (uint)seed * 2654435761u;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var last = Stopwatch.GetTimestamp();
        var end = last + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (last < end)
        {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            if (!call((int)(random % (uint)sessions))) failed++;
            var now = Stopwatch.GetTimestamp();
            latency.Record(LatencyHistogram.ToNanoseconds(now - last));
            last = now;
        }

        return (latency, failed, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }
}

/// <param name="Latency">Of each call.</param>
/// <param name="Spent">By the whole process, writer and sweeper included.</param>
/// <param name="Allocated">Bytes by the calling threads alone.</param>
internal sealed record HotPathResult(LatencyHistogram Latency, Spent Spent, long Allocated);
