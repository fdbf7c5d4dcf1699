using System.Diagnostics;
using System.Numerics;

namespace Platform.Benchmarks.Measuring;

/// <summary>
/// Latencies in nanoseconds in buckets whose width grows with the value (128 to each power of two), so that every percentile is right to one percent
/// from nanoseconds to an hour, at 40 kB and without keeping samples. Percentiles are upper bounds of their bucket: never flattering.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Precision = 7;
    private const long Highest = (1L << 42) - 1;

    private readonly long[] _counts = new long[IndexOf(Highest) + 1];
    private long _count;
    private long _max;

    public long Count => Volatile.Read(ref _count);

    /// <summary>Nanoseconds, exact.</summary>
    public long Max => Volatile.Read(ref _max);

    public static long ToNanoseconds(long stopwatchTicks) => (long)(stopwatchTicks * (1e9 / Stopwatch.Frequency));

    /// <summary>For one thread.</summary>
    public void Record(long nanoseconds)
    {
        var value = Math.Clamp(nanoseconds, 0, Highest);
        _counts[IndexOf(value)]++;
        _count++;
        if (value > _max) _max = value;
    }

    /// <summary>For any number of threads.</summary>
    public void RecordShared(long nanoseconds)
    {
        var value = Math.Clamp(nanoseconds, 0, Highest);
        Interlocked.Increment(ref _counts[IndexOf(value)]);
        Interlocked.Increment(ref _count);
        for (var seen = Volatile.Read(ref _max); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref _max, value, seen);
            if (before == seen) break;
            seen = before;
        }
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        _count += other._count;
        _max = Math.Max(_max, other._max);
    }

    /// <param name="percent">Such as 99.9: at most so many percent of the samples were faster than what is returned, or as fast.</param>
    /// <returns>Nanoseconds.</returns>
    public long Percentile(double percent)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(_count * percent / 100));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted) return Math.Min(UpperBound(i), _max);
        }

        return 0;
    }

    internal static int IndexOf(long value)
    {
        if (value < 1 << (Precision + 1)) return (int)value;
        var shift = BitOperations.Log2((ulong)value) - Precision;
        return (shift << Precision) + (int)(value >> shift);
    }

    internal static long UpperBound(int index)
    {
        if (index < 1 << (Precision + 1)) return index;
        var shift = (index >> Precision) - 1;
        return ((index - ((long)shift << Precision) + 1) << shift) - 1;
    }
}
