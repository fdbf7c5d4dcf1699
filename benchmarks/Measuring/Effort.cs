using System.Diagnostics;

namespace Platform.Benchmarks.Measuring;

/// <summary>What something cost this process. Processor time tells more than time where others use the machine too.</summary>
internal readonly record struct Spent(TimeSpan Elapsed, TimeSpan Processor, long Allocated);

internal readonly struct Effort
{
    private readonly long _started;
    private readonly TimeSpan _processor;
    private readonly long _allocated;

    private Effort(long started, TimeSpan processor, long allocated) => (_started, _processor, _allocated) = (started, processor, allocated);

    public static Effort Start() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));

    public Spent Stop() => new(Stopwatch.GetElapsedTime(_started), Environment.CpuUsage.TotalTime - _processor, GC.GetTotalAllocatedBytes(precise: true) - _allocated);
}
