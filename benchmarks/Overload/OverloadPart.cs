using Platform.Benchmarks.Load;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Overload;

/// <summary>What became of the calls of one part. Latency counts from when a call was sent: how long it waited for a connection of ours is the generator's.</summary>
internal sealed class OverloadPart
{
    private long _refused;
    private long _failed;
    private long _unsent;

    public LatencyHistogram Checks { get; } = new();

    public LatencyHistogram Lists { get; } = new();

    public LatencyHistogram Refusals { get; } = new();

    public TimeSpan Elapsed { get; set; }

    /// <summary>503.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Another answer, or none.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>No connection was free for a second.</summary>
    public long Unsent => Volatile.Read(ref _unsent);

    /// <summary>Lists done in a second: checks are as many in every part.</summary>
    public double Goodput => Lists.Count / Math.Max(1e-9, Elapsed.TotalSeconds);

    public void Record(LoadCall call, int status, long nanoseconds)
    {
        if (status == call.Expected)
        {
            (call == LoadCall.Validate ? Checks : Lists).RecordShared(nanoseconds);
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
