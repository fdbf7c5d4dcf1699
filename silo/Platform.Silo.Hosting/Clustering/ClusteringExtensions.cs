using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.GrainDirectory;
using Orleans.Runtime.Hosting;
using Platform.Cluster;
using Platform.Lifecycle;
using Platform.Sessions;
using Platform.Storage;
using Platform.Storage.Postgres;

namespace Platform.Silo.Hosting.Clustering;

internal static class ClusteringExtensions
{
    /// <summary>
    /// What a silo among others needs to answer from memory. Call it before the grains are added, which otherwise run as if alone.
    /// </summary>
    public static void AddClusterNode(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PlatformOptions>().Validate(
            _ => !string.IsNullOrWhiteSpace(configuration.GetConnectionString(DatabaseOptions.ConnectionName)),
            $"ConnectionStrings:{DatabaseOptions.ConnectionName} is missing: the silos of a cluster share one PostgreSQL.");
        services.AddSingleton<IValidateOptions<NodeOptions>, NodeOptionsValidator>();
        services.AddKeyedSingleton(Membership.DataSource, (provider, _) => new NpgsqlDataSourceBuilder(ConnectionString(provider.GetRequiredService<IConfiguration>())) { Name = "platform-membership" }.Build());
        services.AddSingleton<Membership>();
        services.AddSingleton(provider => new MembershipLease(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IClusterBroadcast, ClusterBroadcast>();
        services.AddSingleton(provider => new ReplicaHome(provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString()));
        services.AddSingleton<InvalidationServiceClient>();
        services.AddSiloService<LeaseRenewalService>(SiloStages.Lease);
        services.AddSingleton<IFatalErrorHandler, FatalErrorHandler>();
        services.AddHealthChecks().AddCheck<MembershipCheck>("membership");
    }

    public static void JoinCluster(this ISiloBuilder silo, string clusterId, IConfiguration configuration)
    {
        silo.Services.AddOptions<NodeOptions>().BindConfiguration(NodeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        silo.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (clusterId, clusterId));
        silo.UseAdoNetClustering(options =>
        {
            options.Invariant = "Npgsql";
            options.ConnectionString = ConnectionString(configuration);
        });
        silo.Services.AddOptions<EndpointOptions>().Configure<IOptions<NodeOptions>, IOptions<PlatformOptions>>((endpoint, node, platform) =>
        {
            endpoint.AdvertisedIPAddress = node.Value.IPAddress;
            (endpoint.SiloPort, endpoint.GatewayPort) = (node.Value.SiloPort, node.Value.GatewayPortOf(platform.Value.Topology));
        });
        silo.Services.SecureConnectionsOfSilo();
        silo.AddGrainService<InvalidationService>();
        silo.AddGrainDirectory(GrainDirectoryAttribute.DEFAULT_GRAIN_DIRECTORY, (provider, _) => ActivatorUtilities.CreateInstance<PostgresGrainDirectory>(provider));
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            // A silo that hangs is out after about nine seconds, three times the lease; with the defaults after a minute.
            options.ProbeTimeout = TimeSpan.FromSeconds(2);
            options.MaxProbeTimeout = TimeSpan.FromSeconds(3);
            options.NumMissedProbesLimit = 3;
            options.NumVotesForDeathDeclaration = 2;

            // What is in the table reaches every silo within this, also where gossip does not.
            options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            options.NumMissedTableIAmAliveLimit = 3;

            // Whoever cannot join ends, and is started again.
            options.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);
        });
    }

    /// <summary>A connection string with few connections and short timeouts.</summary>
    private static string ConnectionString(IConfiguration configuration)
    {
        var configured = PostgresConnection.Complete(configuration.GetConnectionString(DatabaseOptions.ConnectionName)!);
        return new NpgsqlConnectionStringBuilder(configured)
        {
            MinPoolSize = 1,
            MaxPoolSize = 4,
            Timeout = 2,
            CommandTimeout = 2,
            ApplicationName = "platform-membership",
        }.ToString();
    }
}
