using System.Collections.Concurrent;
using System.Globalization;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <summary>What became of one kind of call. Nothing that was sent is missing here.</summary>
internal sealed class LoadOutcomes
{
    private static readonly string[] Statuses = [.. Enumerable.Range(0, 1000).Select(status => status.ToString(CultureInfo.InvariantCulture))];

    private readonly ConcurrentDictionary<string, Counter> _faults = new(StringComparer.Ordinal);
    private long _failed;

    /// <summary>From when the request was due: what a client would have seen.</summary>
    public LatencyHistogram FromDue { get; } = new();

    /// <summary>From when it was sent: what the platform and the connection took.</summary>
    public LatencyHistogram FromSent { get; } = new();

    public long Count => FromDue.Count;

    /// <summary>Not answered as a live session is.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>By status, or why there was none.</summary>
    public IReadOnlyDictionary<string, long> Faults => new SortedDictionary<string, long>(_faults.ToDictionary(fault => fault.Key, fault => fault.Value.Count), StringComparer.Ordinal);

    public static string Status(int status) => status is >= 0 and < 1000 ? Statuses[status] : "?";

    /// <param name="fault">Null: none.</param>
    /// <param name="due">Nanoseconds from when it was due.</param>
    /// <param name="sent">Nanoseconds from when it was sent.</param>
    public void Record(string? fault, long due, long sent)
    {
        FromDue.RecordShared(due);
        FromSent.RecordShared(sent);
        if (fault is null) return;
        Interlocked.Increment(ref _failed);
        Interlocked.Increment(ref _faults.GetOrAdd(fault, static _ => new Counter()).Count);
    }

    private sealed class Counter
    {
        public long Count;
    }
}
