using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Api.Authentication;
using Platform.Api.DeniedRequests;
using Platform.Api.Tokens;
using Platform.Sessions;
using Platform.Silo.Hosting;

namespace Platform.Benchmarks.Hosting;

/// <summary>The silo and the session authenticator in this process as the API embeds them, with a SQLite file, without the web server.</summary>
internal sealed class BenchmarkSilo : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly bool _ownsFolder;
    private bool _stopped;

    private BenchmarkSilo(IHost host, string folder, bool ownsFolder, ShiftedClock clock) => (_host, Folder, _ownsFolder, Clock) = (host, folder, ownsFolder, clock);

    public string Folder { get; }

    public ShiftedClock Clock { get; }

    public IGrainFactory Grains => Service<IGrainFactory>();

    public LiveSessions Live => Service<LiveSessions>();

    public SessionAuthenticator Authenticator => Service<SessionAuthenticator>();

    /// <param name="configure">Changes services after everything is registered.</param>
    public static Task<BenchmarkSilo> StartAsync(Action<IServiceCollection>? configure = null) =>
        StartAsync(TemporaryFolder(), ownsFolder: true, new ShiftedClock(), configure: configure);

    /// <param name="folder">Data of an earlier silo, or an empty folder.</param>
    /// <param name="clock">Goes on where the earlier silo stopped.</param>
    /// <param name="postgres">Connection string; null for a SQLite file in the folder.</param>
    /// <param name="journal">Folder of a journal of endings; null: none.</param>
    public static Task<BenchmarkSilo> StartAsync(string folder, ShiftedClock clock, string? postgres = null, string? journal = null) => StartAsync(folder, ownsFolder: false, clock, postgres, journal);

    /// <summary>Joined with others on PostgreSQL, for hosts in other processes.</summary>
    /// <param name="settings">All that it needs.</param>
    public static Task<BenchmarkSilo> StartClusteredAsync(IReadOnlyDictionary<string, string?> settings) =>
        StartAsync(settings["Platform:DataDirectory"]!, ownsFolder: false, new ShiftedClock(), settings, silo => silo.AddClusteredSilo());

    public static string TemporaryFolder() => Directory.CreateTempSubdirectory("platform-benchmarks-").FullName;

    public T Service<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>The runtime's own object of a grain in memory. The runtime shows it to nobody, so its directory is asked by reflection.</summary>
    public IGrainContext Activation(GrainId grain)
    {
        var directory = _host.Services.GetRequiredService(Assembly.Load("Orleans.Runtime").GetType("Orleans.Runtime.ActivationDirectory", throwOnError: true)!);
        return (IGrainContext)directory.GetType().GetMethod("FindTarget")!.Invoke(directory, [grain])!;
    }

    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_ownsFolder) Directory.Delete(Folder, recursive: true);
    }

    private static Task<BenchmarkSilo> StartAsync(
        string folder, bool ownsFolder, ShiftedClock clock, string? postgres = null, string? journal = null, Action<IServiceCollection>? configure = null)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Platform:DataDirectory"] = folder, ["Platform:Environment"] = "benchmark" };
        if (postgres is not null) settings["ConnectionStrings:Platform"] = postgres;
        if (journal is not null) settings["Platform:Backups:Journal"] = journal;
        return StartAsync(folder, ownsFolder, clock, settings, silo => silo.AddStandaloneSilo(), configure);
    }

    private static async Task<BenchmarkSilo> StartAsync(
        string folder,
        bool ownsFolder,
        ShiftedClock clock,
        IEnumerable<KeyValuePair<string, string?>> settings,
        Action<IHostApplicationBuilder> addSilo,
        Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);

        // A clock that jumps makes the runtime complain, and a sweeper that is stopped alone makes the host complain: both are meant here.
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Orleans", LogLevel.Error)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        builder.Services.Configure<HostOptions>(options =>
        {
            options.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;

            // How long a stop takes is measured, so it is not cut short.
            options.ShutdownTimeout = TimeSpan.FromMinutes(30);
        });
        builder.Services.AddSingleton<TimeProvider>(clock);
        addSilo(builder);
        builder.Services.AddSingleton<TokenKeyRing>().AddSingleton<SessionTokens>().AddSingleton<RejectedTokenCache>().AddSingleton<DeniedRequestQueue>().AddSingleton<SessionReplicas>().AddSingleton<SessionAuthenticator>().AddSingleton<ApiKeyText>().AddSingleton<ApiKeyAuthenticator>();
        configure?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new BenchmarkSilo(host, folder, ownsFolder, clock);
    }
}
