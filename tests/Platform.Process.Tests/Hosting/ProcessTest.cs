namespace Platform.Process.Tests.Hosting;

/// <summary>One data directory and the processes on it. What they wrote is part of a failure's report.</summary>
public abstract class ProcessTest(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly List<PlatformProcess> _processes = [];
    private readonly DataFolder _folder = new();

    private protected ITestOutputHelper Output { get; } = output;

    private protected DataFolder Folder => _folder;

    private protected static TimeProvider Time => TimeProvider.System;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
            Output.WriteLine(process.ToString());
            process.ShouldHaveDeniedNoCall();
        }

        await _folder.DisposeAsync();
    }

    private protected Task<PlatformProcess> StartAsync(params (string Key, string Value)[] settings) =>
        StartAsync(new PlatformStart(Folder) { Settings = settings });

    /// <summary>Other settings on data that is there, whose operator has this password.</summary>
    private protected async Task<PlatformProcess> StartAsync((string Key, string Value)[] settings, string operatorPassword) =>
        Keep(await PlatformProcess.StartAsync(new PlatformStart(Folder) { Settings = settings }, operatorPassword));

    private protected async Task<PlatformProcess> StartAsync(PlatformStart start) => Keep(await PlatformProcess.StartAsync(start));

    private protected async Task<PlatformProcess> RestartAsync(PlatformProcess ended) => Keep(await ended.RestartAsync());

    /// <summary>Lets time pass where the passing of time is what is tested.</summary>
    private protected static async Task UntilAsync(DateTimeOffset moment)
    {
        var left = moment - Time.GetUtcNow();
        if (left > TimeSpan.Zero) await Task.Delay(left, Time);
    }

    private PlatformProcess Keep(PlatformProcess process)
    {
        _processes.Add(process);
        return process;
    }
}
