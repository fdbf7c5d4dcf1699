using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Security;
using Platform.Sessions;
using Platform.Silo.Hosting;

namespace Platform.Grains.Tests.Hosting;

/// <summary>The whole silo in this process, as the API embeds it: real runtime, real database (<see cref="TestDatabases"/>), a clock that the test moves.</summary>
internal sealed class SiloHost : SiloCalls, IAsyncDisposable
{
    private readonly bool _ownsFolder;
    private readonly RequireClusterCredential _demand;
    private IHost _host;

    private SiloHost(IHost host, string folder, bool ownsFolder, ManualTimeProvider time)
    {
        (_host, Folder, _ownsFolder, Time) = (host, folder, ownsFolder, time);
        _demand = host.Services.GetServices<IIncomingGrainCallFilter>().OfType<RequireClusterCredential>().Single();
    }

    public string Folder { get; }

    public override ManualTimeProvider Time { get; }

    public override IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Set by a test that calls without the credential. On all other silos no call may have been denied when they stop.</summary>
    public bool ExpectsDeniedCalls { get; set; }

    public override LiveSessions Live => Service<LiveSessions>();

    public T Service<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static Task<SiloHost> StartAsync(params (string Key, string Value)[] settings) =>
        StartAsync(Directory.CreateTempSubdirectory("silo-").FullName, ownsFolder: true, ManualTimeProvider.WithRealTimers(), settings);

    /// <param name="time">Where the database's own clock counts, a test begins in the past of it.</param>
    public static Task<SiloHost> StartAsync(ManualTimeProvider time) =>
        StartAsync(Directory.CreateTempSubdirectory("silo-").FullName, ownsFolder: true, time, []);

    /// <param name="configure">Changes services after everything is registered.</param>
    public static Task<SiloHost> StartAsync(Action<IServiceCollection> configure) =>
        StartAsync(Directory.CreateTempSubdirectory("silo-").FullName, ownsFolder: true, ManualTimeProvider.WithRealTimers(), [], configure);

    /// <summary>A process that comes back on the same data, at the same time of day.</summary>
    public Task<SiloHost> RestartAsync(params (string Key, string Value)[] settings) => RestartAsync(TimeSpan.Zero, settings);

    /// <summary>The same, so long after the end of the first.</summary>
    public async Task<SiloHost> RestartAsync(TimeSpan later, params (string Key, string Value)[] settings)
    {
        await StopAsync();
        Time.Advance(later);
        return await StartAsync(Folder, _ownsFolder, Time, settings);
    }

    public async Task StopAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        if (!ExpectsDeniedCalls) _demand.DeniedCalls.ShouldBe(0, "nobody but the platform called its grains");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_ownsFolder) await RemoveDataAsync();
    }

    /// <summary>For a test that has stopped it and looked at what it left.</summary>
    public async Task RemoveDataAsync()
    {
        await TestDatabases.DropAsync(Folder);
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    private static async Task<SiloHost> StartAsync(
        string folder, bool ownsFolder, ManualTimeProvider time, (string Key, string Value)[] settings, Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            settings.Append(("Platform:DataDirectory", folder)).Select(s => new KeyValuePair<string, string?>(s.Item1, s.Item2)));
        if (await TestDatabases.OpenAsync(folder) is { } database) builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:Platform", database)]);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Orleans", LogLevel.Critical).AddConsole());
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.AddStandaloneSilo();
        configure?.Invoke(builder.Services);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            // What was refused must not keep the data directory.
            if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
            throw;
        }

        return new SiloHost(host, folder, ownsFolder, time);
    }
}

/// <summary>One silo for a test class; tests use tenants of their own.</summary>
public class SiloFixture : IAsyncLifetime
{
    internal SiloHost Silo { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Silo = await SiloHost.StartAsync(Configure);

    public async ValueTask DisposeAsync() => await Silo.DisposeAsync();

    private protected virtual void Configure(IServiceCollection services) { }
}

/// <summary>On which a password costs next to nothing.</summary>
public sealed class CheapHashFixture : SiloFixture
{
    private protected override void Configure(IServiceCollection services) => CheapHashing.Put(services);
}
