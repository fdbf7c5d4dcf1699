using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Platform.Api.Authentication;
using Platform.Api.DeniedRequests;
using Platform.Api.Tokens;
using Platform.Hosting;
using Platform.Sessions;
using Platform.Telemetry;

namespace Platform.Benchmarks.FirstLooks;

/// <summary>An API host of topology <c>cluster</c> in this process, without the web server.</summary>
internal sealed class LookHost : IAsyncDisposable
{
    private readonly IHost _host;

    private LookHost(IHost host) => _host = host;

    public IGrainFactory Grains => Service<IGrainFactory>();

    public TokenKeyRing Ring => Service<TokenKeyRing>();

    public static async Task<LookHost> StartAsync(string folder, string certificates, int gatewayPort)
    {
        var settings = LookSilo.SettingsOf(folder, certificates, "api");
        settings["Platform:Cluster:Gateways:0"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{gatewayPort}");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddPlatformClient();
        builder.Services.AddSingleton<TokenKeyRing>().AddSingleton<RejectedTokenCache>().AddSingleton<DeniedRequestQueue>();
        var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<TokenKeyRing>().SealingKeyAsync(default);
        return new LookHost(host);
    }

    /// <summary>A host that knows no session yet.</summary>
    /// <param name="maxReplicas">0: it never will.</param>
    public (SessionAuthenticator Authenticator, SessionReplicas Replicas) NewKnowingNone(int maxReplicas)
    {
        var replicas = new SessionReplicas(Grains, Options.Create(new SessionReplicaOptions { MaxSessions = maxReplicas }), TimeProvider.System, NullLogger<SessionReplicas>.Instance);
        var authenticator = new SessionAuthenticator(
            Ring, Service<LiveSessions>(), replicas, Service<RejectedTokenCache>(), Service<DeniedRequestQueue>(), Grains, Service<PlatformMetrics>(), TimeProvider.System);
        return (authenticator, replicas);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }

    private T Service<T>() where T : notnull => _host.Services.GetRequiredService<T>();
}
