using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Platform.Security;
using Platform.Sessions;
using Platform.Silo.Clocks;
using Platform.Silo.Clustering;
using Platform.Silo.Hosting;
using Platform.Silo.Storage;

namespace Platform.Silo;

public static class PlatformSiloExtensions
{
    private const string ClusterName = "platform";

    /// <summary>Of a grain call that says nothing else.</summary>
    internal static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Hosts the grains in this process: storage, silo, sweeper. Alone (topology <see cref="Topology.Embedded"/>) or joined with others on one PostgreSQL. Used alike by the
    /// API, the silo executable, the tests and the benchmarks.
    /// </summary>
    public static IHostApplicationBuilder AddPlatformSilo(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddPlatformOptions(builder.Configuration);
        services.AddSingleton<FatalShutdown>();
        services.AddSingleton<ActivationHealth>();
        var alone = TopologyOf(builder.Configuration) == Topology.Embedded;
        services.AddSingleton(provider => alone ? ClusterCredential.OfThisProcess() : CapabilityOf(provider.GetRequiredService<MasterKey>(), provider.GetRequiredService<IOptions<ClusterOptions>>().Value));
        if (!alone) services.AddClusterNode(builder.Configuration);
        services.AddPlatformGrains(builder.Configuration);
        services.AddOrleansClock();
        builder.UseOrleans(silo => Configure(silo, builder.Configuration, alone));
        services.AddPlatformSweeper();
        return builder;
    }

    /// <summary>What every process of an installation has: its options and the master key.</summary>
    internal static void AddPlatformOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PlatformOptions>().Bind(configuration.GetSection(PlatformOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PlatformOptions>()
            .Validate(
                options => options.Topology == Topology.Embedded || options.MasterKeyFile is { Length: > 0 },
                "Platform:MasterKeyFile is missing: the processes of a cluster share one master key. Make it once, 32 random bytes, and give each of them the same file.");
        services.TryAddSingleton(provider => OpenMasterKey(provider.GetRequiredService<IOptions<PlatformOptions>>().Value));
    }

    /// <summary>Read before options are bound. An unknown value is reported later, with the other configuration errors.</summary>
    public static Topology TopologyOf(IConfiguration configuration) =>
        Enum.TryParse<Topology>(configuration[PlatformOptions.Section + ":" + nameof(PlatformOptions.Topology)], ignoreCase: true, out var topology) ? topology : Topology.Embedded;

    /// <summary>Of service and cluster alike, so that processes of two environments never meet (row DMZ).</summary>
    internal static string ClusterIdOf(IConfiguration configuration) =>
        $"{ClusterName}-{configuration[PlatformOptions.Section + ":" + nameof(PlatformOptions.Environment)] ?? new PlatformOptions().Environment}";

    internal static ClusterCredential CapabilityOf(MasterKey master, ClusterOptions cluster) => new(master, cluster.ServiceId, cluster.ClusterId);

    private static MasterKey OpenMasterKey(PlatformOptions options)
    {
        try
        {
            return options.MasterKeyFile is { Length: > 0 } ? MasterKey.Open(options.MasterKeyPath) : MasterKey.OpenOrNew(options.MasterKeyPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (options.MasterKeyFile is { Length: > 0 } named) throw new StorageSetupException($"Platform:MasterKeyFile: {Path.GetFullPath(named)} cannot be used: {e.Message}", e);
            throw new StorageSetupException($"The data directory {Path.GetFullPath(options.DataDirectory)} cannot be used: {e.Message}", e);
        }
    }

    private static void Configure(ISiloBuilder silo, IConfiguration configuration, bool alone)
    {
        if (alone) silo.RunAlone(ClusterIdOf(configuration));
        else silo.JoinCluster(ClusterIdOf(configuration), configuration);
        silo.AddIncomingGrainCallFilter<RequireClusterCredential>();
        silo.AddOutgoingGrainCallFilter<AttachClusterCredential>();
        silo.AddActivityPropagation();
        silo.AddPlatformStorage().AddDatabaseOwnership().AddKnownSecrets();
        silo.Configure<SiloMessagingOptions>(options =>
        {
            options.ResponseTimeout = ResponseTimeout;
            options.MaxEnqueuedRequestsHardLimit = 10_000;

            // A call that meets an ending activation goes on to the next one; two such meetings in a row (the default) do happen around sign-outs.
            options.MaxForwardCount = 8;
        });

        silo.Configure<GrainCollectionOptions>(options =>
        {
            // Live sessions ask to stay; what else is idle may go. So may what was asked for and does not exist: a grain that ended at once
            // instead would have calls that wait for it turned away, and an answer that differs from that for what exists.
            options.CollectionAge = TimeSpan.FromMinutes(5);

            // Of these there are many that have ended and that nobody asks for again (threat T34).
            options.ClassSpecificCollectionAge[typeof(SessionGrain).FullName!] = TimeSpan.FromSeconds(30);
            options.CollectionQuantum = TimeSpan.FromSeconds(20);
            options.DeactivationTimeout = TimeSpan.FromSeconds(5);
        });
    }

    /// <summary>Nothing outside this process talks to this silo (threat T80, decision 0064): no transport, and a membership that takes no other silo.</summary>
    private static void RunAlone(this ISiloBuilder silo, string clusterId)
    {
        silo.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (clusterId, clusterId));

        // A silo needs an address as its name. Nothing is bound to this one.
        silo.Configure<EndpointOptions>(options => (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (IPAddress.Loopback, EndpointOptions.DEFAULT_SILO_PORT, 0));
        NoTransport.Put(silo.Services);
        silo.Services.AddSingleton<IMembershipTable, SingleSiloMembership>();

        // One process knows where every grain is: what the cache of other silos' grains would keep, and sets aside at once, serves nobody.
        silo.Configure<GrainDirectoryOptions>(options => options.CacheSize = 1_000);
    }
}
