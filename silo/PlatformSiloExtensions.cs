using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Platform.Security;
using Platform.Sessions;
using Platform.Silo.Storage;

namespace Platform.Silo;

public static class PlatformSiloExtensions
{
    private const string ClusterName = "platform";

    /// <summary>
    /// Hosts the grains in this process (topology <see cref="Topology.Embedded"/>): storage, silo, sweeper. Used alike by the API, the tests and
    /// the benchmarks. Other topologies are refused at start with a message that says so.
    /// </summary>
    public static IHostApplicationBuilder AddPlatformSilo(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<PlatformOptions>().Bind(builder.Configuration.GetSection(PlatformOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PlatformOptions>().Validate(
            options => options.Topology == Topology.Embedded,
            "Platform:Topology: this build runs 'embedded' only; 'cluster' and 'cohosted' are not part of it yet.");
        services.TryAddSingleton(provider => OpenMasterKey(provider.GetRequiredService<IOptions<PlatformOptions>>().Value));
        services.AddSingleton(provider => CapabilityOf(provider.GetRequiredService<MasterKey>(), provider.GetRequiredService<IOptions<ClusterOptions>>().Value));
        services.AddPlatformGrains(builder.Configuration);
        builder.UseOrleans(silo => Configure(silo, builder.Configuration));
        services.AddPlatformSweeper();
        return builder;
    }

    private static CallerCapability CapabilityOf(MasterKey master, ClusterOptions cluster) => new(master, cluster.ServiceId, cluster.ClusterId);

    private static MasterKey OpenMasterKey(PlatformOptions options)
    {
        try
        {
            return MasterKey.OpenOrCreate(Path.Combine(options.DataDirectory, "keys", "master.key"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageSetupException($"The data directory {Path.GetFullPath(options.DataDirectory)} cannot be used: {e.Message}", e);
        }
    }

    private static void Configure(ISiloBuilder silo, IConfiguration configuration)
    {
        var environment = configuration[PlatformOptions.Section + ":Environment"] ?? new PlatformOptions().Environment;

        // Loopback only, no gateway: nothing outside this process talks to this silo (threat T80).
        silo.UseLocalhostClustering(siloPort: FreeLoopbackPort(), gatewayPort: 0, serviceId: $"{ClusterName}-{environment}", clusterId: $"{ClusterName}-{environment}");
        silo.AddIncomingGrainCallFilter<DemandCapability>();
        silo.AddOutgoingGrainCallFilter<PresentCapability>();
        silo.AddActivityPropagation();
        silo.AddPlatformStorage().AddDatabaseOwnership();
        silo.Configure<SiloMessagingOptions>(options =>
        {
            options.ResponseTimeout = TimeSpan.FromSeconds(10);
            options.MaxEnqueuedRequestsHardLimit = 10_000;

            // A call that meets an ending activation goes on to the next one; two such meetings in a row (the default) do happen around sign-outs.
            options.MaxForwardCount = 8;
        });

        // One process knows where every grain is: what the cache of other silos' grains would keep, and sets aside at once, serves nobody.
        silo.Configure<GrainDirectoryOptions>(options => options.CacheSize = 1_000);
        silo.Configure<GrainCollectionOptions>(options =>
        {
            // Live sessions ask to stay; what else is idle may go. So may what was asked for and does not exist: a grain that ended at once
            // instead would have calls that wait for it turned away, and an answer that differs from that for what exists.
            options.CollectionAge = TimeSpan.FromMinutes(5);
            options.CollectionQuantum = TimeSpan.FromSeconds(20);
            options.DeactivationTimeout = TimeSpan.FromSeconds(5);
        });
    }

    private static int FreeLoopbackPort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
