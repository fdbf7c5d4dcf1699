using System.Collections.Concurrent;

namespace Platform.Api.Hosting;

/// <summary>Open connections of each network, up to a most. Exact under concurrency and without a lock; a network is known only while it has a connection.</summary>
/// <param name="most">Of one network.</param>
internal sealed class ConnectionCounts(int most)
{
    private readonly ConcurrentDictionary<ulong, int> _open = new();

    /// <summary>How many networks have connections.</summary>
    public int Networks => _open.Count;

    /// <returns>False when the network has as many as it may; then there is nothing to close.</returns>
    public bool TryOpen(ulong network)
    {
        while (true)
        {
            if (!_open.TryGetValue(network, out var open))
            {
                if (_open.TryAdd(network, 1)) return true;
            }
            else if (open >= most)
            {
                return false;
            }
            else if (_open.TryUpdate(network, open + 1, open))
            {
                return true;
            }
        }
    }

    /// <summary>Once for each that was opened.</summary>
    public void Close(ulong network)
    {
        while (true)
        {
            var open = _open[network];
            if (open == 1 ? _open.TryRemove(KeyValuePair.Create(network, 1)) : _open.TryUpdate(network, open - 1, open)) return;
        }
    }
}
