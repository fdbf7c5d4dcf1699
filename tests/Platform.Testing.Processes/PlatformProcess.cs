using System.Diagnostics;

namespace Platform.Testing.Processes;

/// <summary>The built API as a process of its own, as an operator runs it.</summary>
public sealed partial class PlatformProcess : IApiHost, IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private const string PasswordLine = "One-time display of its password: ";

    private readonly PlatformStart _start;
    private readonly Process _process;
    private readonly ProcessOutput _output;
    private readonly ProcessOutput _log;
    private readonly HttpClient _http;

    private PlatformProcess(PlatformStart start, Process process, ProcessOutput output, ProcessOutput log)
    {
        (_start, _process, _output, _log) = (start, process, output, log);
        _http = NewClient();
    }

    public int Id => _process.Id;

    public Uri Address { get; private set; } = null!;

    /// <summary>SHA-256 of the certificate as announced; the only one that this class' clients accept.</summary>
    public string Fingerprint { get; private set; } = null!;

    /// <summary>As announced at the first start, then kept over restarts.</summary>
    public string OperatorPassword { get; private set; } = "";

    /// <summary>From the start of the process until it said that it listens.</summary>
    public TimeSpan StartedIn { get; private set; }

    /// <summary>What was told to the operator.</summary>
    public string Output => _output.Text;

    /// <summary>What was logged.</summary>
    public string Log => _log.Text;

    /// <summary>Waits until a line of the log matches.</summary>
    public Task WaitForLogAsync(string pattern) => _log.WaitForAsync(pattern).WaitAsync(Timeout, TimeProvider.System);

    public static async Task<PlatformProcess> StartAsync(PlatformStart start, string operatorPassword = "")
    {
        var started = TimeProvider.System.GetTimestamp();
        var (process, output, log) = await LaunchAsync(start);
        var platform = new PlatformProcess(start, process, output, log) { OperatorPassword = operatorPassword };
        try
        {
            // The last line that every start writes.
            await output.WaitForAsync("^  Documents ").WaitAsync(Timeout, TimeProvider.System);
            platform.StartedIn = TimeProvider.System.GetElapsedTime(started);
            await platform.ReadAnnouncementAsync();
            return platform;
        }
        catch (Exception failure) when (failure is OperationCanceledException or TimeoutException)
        {
            var text = platform.ToString();
            await platform.DisposeAsync();
            throw new InvalidOperationException($"The platform did not start: {text}", failure);
        }
    }

    /// <summary>For starts that must fail: waits for the end.</summary>
    public static async Task<BashResult> RunToEndAsync(PlatformStart start)
    {
        var (process, output, log) = await LaunchAsync(start);
        using (process)
        {
            await ExitAsync(process, output, log);
            return new BashResult(process.ExitCode, output.Text, log.Text);
        }
    }

    /// <summary>Another process on the same data with the same settings, after this one has ended.</summary>
    public async Task<PlatformProcess> RestartAsync()
    {
        if (!_process.HasExited) throw new InvalidOperationException("Kill it or stop it first.");
        return await StartAsync(_start, OperatorPassword);
    }

    public Task KillAsync()
    {
        Signals.Send(Id, Signals.Kill);
        return ExitAsync(_process, _output, _log);
    }

    /// <summary>Asks it to end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync(int signal = Signals.Terminate)
    {
        Signals.Send(Id, signal);
        return await EndAsync();
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        await ExitAsync(_process, _output, _log);
        return _process.ExitCode;
    }

    public void Freeze() => Signals.Send(Id, Signals.Stop);

    public void Thaw() => Signals.Send(Id, Signals.Continue);

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentMemory()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <summary>Assemblies and native libraries in its memory.</summary>
    public IReadOnlySet<string> LoadedLibraries() => File.ReadLines($"/proc/{Id}/maps")
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(columns => columns.Length > 5 && (Path.GetExtension(columns[5]) is ".dll" or ".so"))
        .Select(columns => columns[5])
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>At its end: nobody but the platform called its grains.</summary>
    public void ShouldHaveDeniedNoCall() => Log.ShouldNotContain("GrainCallDenied", Case.Sensitive);

    public override string ToString() => $"process\n--- output\n{Output}\n--- log\n{Log}";

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _http.Dispose();
        _process.Dispose();
    }

    private async Task ReadAnnouncementAsync()
    {
        Address = new Uri((await _output.WaitForAsync("^  Address +(?<address>https://[^ ,]+)")).Groups["address"].Value);
        _http.BaseAddress = Address;
        Fingerprint = (await _output.WaitForAsync("SHA-256 (?<hash>[0-9A-F:]{95})$")).Groups["hash"].Value;
        if (_output.Text.Contains(PasswordLine, StringComparison.Ordinal))
        {
            OperatorPassword = (await _output.WaitForAsync(PasswordLine + "(?<password>.+)$")).Groups["password"].Value;
            // The three calls come after the address.
            await _output.WaitForAsync("^curl .*/v1/sign-out$").WaitAsync(Timeout, TimeProvider.System);
        }
    }

    private static async Task<(Process Process, ProcessOutput Output, ProcessOutput Log)> LaunchAsync(PlatformStart start)
    {
        var (output, log) = (new ProcessOutput(), new ProcessOutput());
        var process = new Process { StartInfo = await start.ToStartInfoAsync() };
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => log.Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return (process, output, log);
    }

    private static async Task ExitAsync(Process process, ProcessOutput output, ProcessOutput log)
    {
        using var timeout = new CancellationTokenSource(Timeout, TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException tooLong)
        {
            Signals.Send(process.Id, Signals.Kill);
            throw new TimeoutException($"The platform did not end within {Timeout}:\n{output.Text}\n{log.Text}", tooLong);
        }
    }
}
