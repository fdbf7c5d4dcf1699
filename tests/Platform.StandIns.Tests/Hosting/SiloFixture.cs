using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Platform.StandIns.Tests.Hosting;

/// <summary>One silo on a free port for the tests of a class; a subclass configures it.</summary>
public class SiloFixture : IAsyncLifetime
{
    private IHost? _host;

    public IServiceProvider Services => _host!.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static string NewKey(string prefix = "key_") => prefix + Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N");

    public async Task InitializeAsync()
    {
        _host = await StartHostAsync(Configure);
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }
    }

    public static async Task<IHost> StartHostAsync(Action<ISiloBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), gatewayPort: 0);
            silo.Configure<ClusterMembershipOptions>(options => options.DefunctSiloCleanupPeriod = null);
            configure(silo);
        });

        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    protected virtual void Configure(ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.AddMemoryGrainStorageAsDefault();
        silo.AddMemoryGrainStorage("named");
    }
}
