namespace Platform.Benchmarks.Load;

/// <summary>All that send, of each host.</summary>
internal sealed class LoadClients : IDisposable
{
    private readonly List<HttpClient> _connections = [];

    public LoadClients(IEnumerable<LoadHost> hosts, Version version, LoadOptions options)
    {
        var (connections, streams) = options.Lanes(version);
        OfHosts = [.. hosts.Select(host => Enumerable.Range(0, connections).SelectMany(_ => Connect(host, version, streams, options.Timeout)).ToArray())];
    }

    public IReadOnlyList<ILoadClient[]> OfHosts { get; }

    public void Dispose()
    {
        foreach (var client in OfHosts.SelectMany(clients => clients)) client.Dispose();
        foreach (var connection in _connections) connection.Dispose();
    }

    private IEnumerable<ILoadClient> Connect(LoadHost host, Version version, int streams, TimeSpan timeout)
    {
        if (version.Major == 1) return [new Http1Client(host, timeout)];
        var connection = host.Connect(version, HttpVersionPolicy.RequestVersionExact, timeout);
        _connections.Add(connection);
        return [.. Enumerable.Range(0, streams).Select(_ => new SharedClient(host, connection))];
    }
}
