namespace Platform.Benchmarks.Load;

/// <summary>Hosts of a platform that run, wherever they are.</summary>
internal sealed class GivenPlatform : ILoadedPlatform
{
    private readonly ListeningProcess[]? _processes;

    private GivenPlatform(IReadOnlyList<LoadHost> hosts, string runtime)
    {
        (Hosts, Runtime) = (hosts, runtime);
        var found = hosts.Select(host => host.IsLoopback ? ListeningProcess.Find(host.Port) : null).ToList();
        _processes = found.Contains(null) ? null : [.. found.OfType<ListeningProcess>().Distinct()];
    }

    public IReadOnlyList<LoadHost> Hosts { get; }

    public string Runtime { get; }

    public static async Task<GivenPlatform> FindAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var hosts = new List<LoadHost>();
        var runtime = "";
        foreach (var url in options.Urls)
        {
            var host = await LoadHost.ResolveAsync(url, options.AllowRemote, LoadHost.ReadCertificate(options.CaCertificate), cancellationToken);
            foreach (var version in options.Versions) runtime = await host.ProbeAsync(version, cancellationToken);
            hosts.Add(host);
        }

        return new GivenPlatform(hosts, runtime);
    }

    public async Task<LoadSessions> OpenSessionsAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        HttpClient[] clients = [.. Hosts.Select(host => host.Connect(new Version(2, 0), HttpVersionPolicy.RequestVersionOrLower, options.Timeout))];
        try
        {
            return await SignedInSessions.OpenAsync(options, clients, cancellationToken);
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }

    public Task<PlatformUsage?> ReadUsageAsync()
    {
        if (_processes is null) return Task.FromResult<PlatformUsage?>(null);
        var processor = TimeSpan.Zero;
        foreach (var process in _processes)
        {
            if (process.Processor() is not { } used) return Task.FromResult<PlatformUsage?>(null);
            processor += used;
        }

        return Task.FromResult<PlatformUsage?>(new PlatformUsage(processor, Allocated: null));
    }

    public long? ReadResident() => _processes?.Sum(process => process.Resident() ?? 0);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
