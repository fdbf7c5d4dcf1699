using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Platform.Api.RateLimiting;

/// <summary>
/// One budget of <c>quota</c> calls a window (a minute, where nothing else is said) per key, such as a client's address, refilled evenly (generic cell rate algorithm: one 64-bit cell
/// a key).
/// </summary>
/// <remarks>
/// Not the framework's limiter: that takes one process-wide lock per request, runs on the system clock instead of <see cref="TimeProvider"/> and does not
/// tell what remains. Here a call costs one lookup and one compare-and-swap; nothing is allocated for a known key, header values included.
/// </remarks>
internal sealed class RateLimiter<TKey> where TKey : struct, IEquatable<TKey>
{
    private const int MaxSteps = 1_000;

    /// <summary>Other hosts are told of a key when so large a part of its quota was drawn here: of most clients never, of a sign-in at once.</summary>
    private const int ToldParts = 100;

    private readonly ConcurrentDictionary<TKey, Cell> _cells = new();
    private readonly ConcurrentQueue<TKey> _drawn = new();
    private readonly Cell? _beyond;
    private readonly TimeProvider _time;
    private readonly int _quota;
    private readonly int _capacity;
    private readonly int _windowSeconds;
    private readonly long _window;
    private readonly long _interval;
    private readonly int _step;
    private readonly StringValues[] _remaining;
    private readonly int _callsToTell;
    private Action? _tell;
    private long _nextSweep;
    private int _count;

    /// <param name="name">In the headers.</param>
    /// <param name="quota">Calls in a window.</param>
    /// <param name="capacity">Number of keys with a budget of their own at a time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="window">A minute where absent.</param>
    /// <param name="limitsBeyond">Keys above <paramref name="capacity"/> share one budget; false: they are not limited, where another limit holds for them.</param>
    public RateLimiter(string name, int quota, int capacity, TimeProvider time, TimeSpan? window = null, bool limitsBeyond = true)
    {
        Name = name;
        _beyond = limitsBeyond ? new Cell() : null;
        (_quota, _capacity, _time) = (quota, capacity, time);
        _windowSeconds = (int)(window ?? TimeSpan.FromMinutes(1)).TotalSeconds;
        _window = _windowSeconds * time.TimestampFrequency;
        _interval = Math.Max(1, _window / quota);
        _callsToTell = Math.Max(1, quota / ToldParts);
        _step = Math.Max(1, (quota + MaxSteps - 1) / MaxSteps);
        _remaining = [.. Enumerable.Range(0, (quota / _step) + 1).Select(i => Describe(name, i * _step))];
        Policy = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={quota};w={_windowSeconds}");
    }

    public string Name { get; }

    /// <summary>In which one call comes back to a budget.</summary>
    public TimeSpan PerCall => TimeSpan.FromSeconds((double)_interval / _time.TimestampFrequency);

    /// <summary>Value of <c>RateLimit-Policy</c>.</summary>
    public StringValues Policy { get; }

    /// <summary>Number of keys with a budget of their own now.</summary>
    /// <remarks>Counted here: the dictionary's own count takes all of its locks, and a flood from more keys than there is room for asks at each call.</remarks>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes one call from the budget, or says how long to wait for the next.</summary>
    public bool TryAcquire(TKey key, out int remaining, out TimeSpan retryAfter)
    {
        var now = _time.GetTimestamp();
        if (Find(key, now) is not { } cell)
        {
            (remaining, retryAfter) = (_quota, TimeSpan.Zero);
            return true;
        }

        while (true)
        {
            var seen = Volatile.Read(ref cell.FullAt);
            var fullAt = Math.Max(seen, now) + _interval;
            var spent = fullAt - now;
            if (spent > _window)
            {
                remaining = 0;
                retryAfter = TimeSpan.FromSeconds((double)(spent - _window) / _time.TimestampFrequency);
                return false;
            }

            if (Interlocked.CompareExchange(ref cell.FullAt, fullAt, seen) != seen) continue;
            if (cell is SharedCell shared) NoteDrawn(key, shared);
            remaining = (int)Math.Min(_quota, (_window - spent) / _interval);
            retryAfter = TimeSpan.Zero;
            return true;
        }
    }

    /// <summary>Other hosts draw on the same budgets: what is drawn here is put down for them. Before the first call.</summary>
    /// <param name="tell">Called when there is something to tell. Must not wait.</param>
    public void Share(Action tell) => _tell = tell;

    /// <summary>What was drawn since it was last taken.</summary>
    public bool TryTakeDrawn(out TKey key, out int calls)
    {
        while (_drawn.TryDequeue(out key))
        {
            if (FindShared(key) is { } cell && (calls = Interlocked.Exchange(ref cell.Untold, 0)) > 0) return true;
        }

        calls = 0;
        return false;
    }

    /// <summary>What was taken could not be told.</summary>
    public void ReturnDrawn(TKey key, int calls)
    {
        if (FindShared(key) is not { } cell) return;
        Interlocked.Add(ref cell.Untold, calls);
        _drawn.Enqueue(key);
    }

    /// <summary>Takes over what all hosts have told of a key; what was drawn here since counts on top.</summary>
    public void Merge(TKey key, TimeSpan untilWhole)
    {
        if (FindShared(key) is not { } cell) return;
        var wholeAt = _time.GetTimestamp() + (long)(untilWhole.TotalSeconds * _time.TimestampFrequency) + (Volatile.Read(ref cell.Untold) * _interval);
        for (var seen = Volatile.Read(ref cell.FullAt); seen < wholeAt; seen = Volatile.Read(ref cell.FullAt))
        {
            if (Interlocked.CompareExchange(ref cell.FullAt, wholeAt, seen) == seen) return;
        }
    }

    /// <summary>Value of <c>RateLimit</c>: what remains (rounded down for large quotas) and when the budget is whole again.</summary>
    public StringValues Remaining(int remaining) => _remaining[remaining / _step];

    public void WriteHeaders(HttpResponse response, int remaining)
    {
        response.Headers["RateLimit-Policy"] = Policy;
        response.Headers["RateLimit"] = Remaining(remaining);
    }

    private void NoteDrawn(TKey key, SharedCell cell)
    {
        if (Interlocked.Increment(ref cell.Untold) != _callsToTell) return;
        _drawn.Enqueue(key);
        _tell!();
    }

    private string Describe(string name, int remaining)
    {
        var wholeIn = (((long)(_quota - remaining) * _windowSeconds) + _quota - 1) / _quota;
        return string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={remaining};t={wholeIn}");
    }

    private Cell? Find(TKey key, long now)
    {
        if (_cells.TryGetValue(key, out var cell)) return cell;
        if (Count >= _capacity) Sweep(now);
        if (Count >= _capacity) return _beyond;
        var fresh = _tell is null ? new Cell() : new SharedCell();
        if (!_cells.TryAdd(key, fresh)) return _cells.TryGetValue(key, out cell) ? cell : fresh;
        Interlocked.Increment(ref _count);
        return fresh;
    }

    /// <summary>Forgets keys whose budget is whole, at most once a second.</summary>
    private void Sweep(long now)
    {
        var next = Volatile.Read(ref _nextSweep);
        if (now < next || Interlocked.CompareExchange(ref _nextSweep, now + _time.TimestampFrequency, next) != next) return;
        foreach (var pair in _cells)
        {
            if (Volatile.Read(ref pair.Value.FullAt) <= now && _cells.TryRemove(pair)) Interlocked.Decrement(ref _count);
        }
    }

    private SharedCell? FindShared(TKey key) => _cells.GetValueOrDefault(key) as SharedCell;

    private class Cell
    {
        public long FullAt;
    }

    private sealed class SharedCell : Cell
    {
        /// <summary>Calls that the other hosts have not been told of.</summary>
        public int Untold;
    }
}
