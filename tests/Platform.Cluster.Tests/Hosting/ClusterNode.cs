using System.Globalization;

namespace Platform.Cluster.Tests.Hosting;

/// <summary>A place in a cluster: its ports and data directory, and the process that is there now.</summary>
internal sealed class ClusterNode(string name, Func<ClusterNode, PlatformStart> start) : IAsyncDisposable
{
    private readonly List<PlatformProcess> _former = [];
    private int _faults = 1;

    public string Name { get; } = name;

    public DataFolder Folder { get; } = new();

    public int SiloPort { get; } = FreePorts.Next();

    public int HttpPort { get; } = FreePorts.Next();

    /// <summary>Null until it was started.</summary>
    public PlatformProcess Platform { get; private set; } = null!;

    /// <summary>Odd while it is down, frozen or on its way; who finds another number after a request than before lost it to that.</summary>
    public int Faults => Volatile.Read(ref _faults);

    /// <summary>All that the processes here have logged.</summary>
    public string Logs => string.Join('\n', Processes.Select(process => $"===== {Name} (silo port {SiloPort})\n{process}"));

    public (string Key, string Value)[] Settings =>
    [
        ("ASPNETCORE_URLS", string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{HttpPort}")),
        ("Platform__Cluster__SiloPort", SiloPort.ToString(CultureInfo.InvariantCulture)),
    ];

    private IEnumerable<PlatformProcess> Processes => Platform is null ? [] : _former.Append(Platform);

    public async Task StartAsync()
    {
        Platform = await PlatformProcess.StartAsync(start(this), Cluster.OperatorPassword);
        await ReadyAsync(Platform);
        Mended();
    }

    public Task KillAsync()
    {
        Fault();
        return Platform.KillAsync();
    }

    /// <returns>The exit code.</returns>
    public Task<int> StopAsync()
    {
        Fault();
        return Platform.StopAsync();
    }

    public void Freeze()
    {
        Fault();
        Platform.Freeze();
    }

    /// <param name="serves">Whether it is expected to go on as a member.</param>
    public void Thaw(bool serves = true)
    {
        Platform.Thaw();
        if (serves) Mended();
    }

    /// <summary>At the same ports, on the same data.</summary>
    public async Task RestartAsync()
    {
        var former = Platform;
        var next = await former.RestartAsync();
        _former.Add(former);
        Platform = next;
        await ReadyAsync(next);
        Mended();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes) await process.DisposeAsync();
        await Folder.DisposeAsync();
    }

    private static Task<TimeSpan> ReadyAsync(PlatformProcess process) =>
        Until.TrueAsync(async () => (await process.SendAsync("GET", "/readyz")).IsLive, $"{process.Address} becomes ready");

    private void Fault()
    {
        if (Faults % 2 == 0) Interlocked.Increment(ref _faults);
    }

    private void Mended()
    {
        if (Faults % 2 == 1) Interlocked.Increment(ref _faults);
    }
}
