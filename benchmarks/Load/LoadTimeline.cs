using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <param name="Seconds">Its end, from the start.</param>
/// <param name="Length">Seconds.</param>
/// <param name="Answered">In it, well or not.</param>
/// <param name="Errors">Of these.</param>
/// <param name="P50">Nanoseconds from when they were due.</param>
/// <param name="P99">The same.</param>
/// <param name="Max">The same.</param>
internal sealed record LoadPoint(double Seconds, double Length, long Answered, long Errors, long P50, long P99, long Max);

/// <summary>Latency by the time of the answer, in parts of a second or more, so that there are never too many to draw.</summary>
internal sealed class LoadTimeline(TimeSpan duration)
{
    private const int MostPoints = 240;

    private readonly int _secondsAPoint = (int)Math.Max(1, Math.Ceiling(duration.TotalSeconds / MostPoints));
    private readonly List<LoadPoint> _points = [];
    private Window _now = new();
    private Window? _before;
    private Window _point = new();
    private int _seconds;
    private double _start;
    private double _ended;

    public IReadOnlyList<LoadPoint> Points => _points;

    public void Record(bool failed, long latency)
    {
        var window = Volatile.Read(ref _now);
        window.Latency.RecordShared(latency);
        if (failed) Interlocked.Increment(ref window.Errors);
    }

    /// <summary>Ends a second.</summary>
    /// <param name="at">Seconds from the start.</param>
    /// <returns>What was in it so far: who records may still hold it for a moment, so it is added to its point a second later.</returns>
    public LoadPoint Tick(double at)
    {
        Keep(last: false);
        var length = at - _ended;
        (_before, _ended) = (Interlocked.Exchange(ref _now, new Window()), at);
        return _before.Point(at, length);
    }

    /// <summary>No more comes.</summary>
    /// <param name="at">Seconds from the start.</param>
    public void End(double at)
    {
        Keep(last: false);
        (_before, _ended) = (Interlocked.Exchange(ref _now, new Window()), at);
        Keep(last: true);
    }

    private void Keep(bool last)
    {
        if (_before is null) return;
        _point.Add(_before);
        _before = null;
        if (++_seconds % _secondsAPoint != 0 && !last) return;
        if (!last || _point.Latency.Count > 0) _points.Add(_point.Point(_ended, _ended - _start));
        (_point, _start) = (new Window(), _ended);
    }

    private sealed class Window
    {
        public long Errors;

        public LatencyHistogram Latency { get; } = new();

        public void Add(Window other)
        {
            Latency.Add(other.Latency);
            Errors += other.Errors;
        }

        public LoadPoint Point(double at, double length) =>
            new(Math.Round(at, 2), Math.Round(length, 2), Latency.Count, Volatile.Read(ref Errors), Latency.Percentile(50), Latency.Percentile(99), Latency.Max);
    }
}
