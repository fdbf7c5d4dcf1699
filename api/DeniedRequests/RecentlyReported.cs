using Platform.Clocks;

namespace Platform.Api.DeniedRequests;

/// <summary>Keys that were reported lately, so that the same event is not reported again and again. Bounded: the oldest half is forgotten when it is full.</summary>
internal sealed class RecentlyReported<TKey>(int capacity) where TKey : notnull
{
    private readonly Lock _gate = new();
    private Dictionary<TKey, DateTimeOffset> _young = [];
    private Dictionary<TKey, DateTimeOffset> _old = [];

    public int Count
    {
        get
        {
            lock (_gate) return _young.Count + _old.Count;
        }
    }

    /// <summary>True for who is to report it: nobody has within <paramref name="pause"/>.</summary>
    public bool TryAdd(TKey key, DateTimeOffset now, TimeSpan pause)
    {
        lock (_gate)
        {
            if ((_young.TryGetValue(key, out var at) || _old.TryGetValue(key, out at)) && StoredTime.IsOpen(at + pause, pause, now)) return false;
            if (_young.Count >= capacity / 2) (_old, _young) = (_young, []);
            _young[key] = now;
            return true;
        }
    }

    /// <summary>Reporting it failed.</summary>
    public void Remove(TKey key)
    {
        lock (_gate)
        {
            _young.Remove(key);
            _old.Remove(key);
        }
    }
}
