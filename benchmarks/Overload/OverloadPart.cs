using Platform.Benchmarks.Load;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Overload;

/// <summary>What became of the calls of one part. Latency counts from when a call was sent: how long it waited for a connection of ours is the generator's.</summary>
internal sealed class OverloadPart
{
    private long _refused;
    private long _failed;
    private long _unsent;

    /// <summary>Answered as they should be.</summary>
    public LatencyHistogram Accepted { get; } = new();

    public LatencyHistogram Refusals { get; } = new();

    /// <summary>Of sessions, beside the lists.</summary>
    public CheckResult Checks { get; set; } = new(0, 0, 0, 0);

    public TimeSpan Elapsed { get; set; }

    /// <summary>503.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Another answer, or none.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>No connection was free for a second.</summary>
    public long Unsent => Volatile.Read(ref _unsent);

    /// <summary>Calls done in a second.</summary>
    public double Goodput => Accepted.Count / Math.Max(1e-9, Elapsed.TotalSeconds);

    public void Record(LoadCall call, int status, long nanoseconds)
    {
        if (status == call.Expected)
        {
            Accepted.RecordShared(nanoseconds);
        }
        else if (status == 503)
        {
            Interlocked.Increment(ref _refused);
            Refusals.RecordShared(nanoseconds);
        }
        else
        {
            Interlocked.Increment(ref _failed);
        }
    }

    public void RecordUnsent() => Interlocked.Increment(ref _unsent);
}
