using System.Diagnostics;
using System.Globalization;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Apart;

/// <summary>A place for the silo executable: its ports and data directory, and the process that is there now.</summary>
internal sealed class SiloProcess(string name, Func<SiloProcess, PlatformStart> start) : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    private readonly List<(ProcessOutput Output, ProcessOutput Log)> _written = [];
    private Process? _process;

    public DataFolder Folder { get; } = new();

    public int SiloPort { get; } = FreePorts.Next();

    public int GatewayPort { get; } = FreePorts.Next();

    public int HealthPort { get; } = FreePorts.Next();

    /// <summary>What all processes here told their operator.</summary>
    public string Output => string.Join('\n', _written.Select(written => written.Output.Text));

    public string Logs => string.Join('\n', _written.Select(written => $"===== {name} (silo port {SiloPort})\n{written.Output.Text}\n{written.Log.Text}"));

    public (string Key, string Value)[] Settings =>
    [
        ("Platform__Cluster__SiloPort", SiloPort.ToString(CultureInfo.InvariantCulture)),
        ("Platform__Cluster__GatewayPort", GatewayPort.ToString(CultureInfo.InvariantCulture)),
        ("Platform__Cluster__HealthPort", HealthPort.ToString(CultureInfo.InvariantCulture)),
    ];

    public string HealthAddress => $"http://127.0.0.1:{HealthPort}/readyz";

    public async Task StartAsync()
    {
        var (output, log) = (new ProcessOutput(), new ProcessOutput());
        _written.Add((output, log));
        _process = new Process { StartInfo = await start(this).ToStartInfoAsync() };
        _process.OutputDataReceived += (_, line) => output.Add(line.Data);
        _process.ErrorDataReceived += (_, line) => log.Add(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await log.WaitForAsync("Platform silo started on Orleans .+, cluster platform-development, at 127.0.0.1:").WaitAsync(Timeout, TimeProvider.System);
    }

    public async Task KillAsync() => await EndAsync(Signals.Kill);

    /// <returns>The exit code.</returns>
    public Task<int> StopAsync() => EndAsync(Signals.Terminate);

    public void Freeze() => Signals.Send(_process!.Id, Signals.Stop);

    public void Thaw() => Signals.Send(_process!.Id, Signals.Continue);

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
        await Folder.DisposeAsync();
    }

    private async Task<int> EndAsync(int signal)
    {
        Signals.Send(_process!.Id, signal);
        using var timeout = new CancellationTokenSource(Timeout, TimeProvider.System);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }
}
