using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Platform.Cluster;
using Platform.Hosting;
using Platform.Security;
using Platform.Sessions;
using Platform.State;
using Platform.Telemetry;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Storage.Tests.Hosting;

/// <summary>A running silo with the platform's storage on one of the databases. Shared by its tests, which use keys of their own.</summary>
public abstract class StorageFixture : IAsyncLifetime
{
    private IHost? _host;

    public IServiceProvider Services => _host!.Services;

    public IGrainStorage Storage => Services.GetRequiredKeyedService<IGrainStorage>(StateNames.Storage);

    internal TenantTable Tenants => Services.GetRequiredService<TenantTable>();

    internal UserTable Users => Services.GetRequiredService<UserTable>();

    internal SessionTable Sessions => Services.GetRequiredService<SessionTable>();

    internal StorageHealth Health => Services.GetRequiredService<StorageHealth>();

    /// <summary>What stands in the database under that key: one payload a row.</summary>
    public abstract Task<IReadOnlyList<byte[]>> PayloadsAsync(string grainKey);

    public abstract Task OverwriteAsync(string grainKey, byte[] payload);

    /// <summary>Of a foreign tool.</summary>
    public abstract Task ExecuteAsync(string sql);

    /// <summary>One column, bytes as Latin-1.</summary>
    public abstract Task<IReadOnlyList<string>> TextsAsync(string sql);

    public virtual async ValueTask InitializeAsync() => _host = await StartAsync(await ConfigureAsync());

    public virtual async ValueTask DisposeAsync()
    {
        if (_host is null) return;
        await _host.StopAsync();
        _host.Dispose();
    }

    public static async Task<IHost> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<LiveSessions>().AddSingleton<PlatformMetrics>().AddSingleton<IClusterBroadcast>(NullClusterBroadcast.Instance).AddSingleton(_ => new MasterKey(new byte[32]));
        builder.Services.AddPlatformOptions();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort(), FreePort(), serviceId: "tests", clusterId: "tests").AddPlatformStorage());
        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            host.Dispose();
            throw;
        }

        return host;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    protected static IReadOnlyList<string> Texts(DbDataReader reader)
    {
        var texts = new List<string>();
        while (reader.Read()) texts.Add(reader.GetValue(0) is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{reader.GetValue(0)}");
        return texts;
    }

    protected abstract Task<IReadOnlyDictionary<string, string?>> ConfigureAsync();
}
