using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Platform.Hosting;
using Platform.Hosting.Clocks;
using Platform.Lifecycle;
using Platform.Security;
using Platform.Sessions;
using Platform.Silo.Hosting.Backups;
using Platform.Silo.Hosting.Clustering;
using Platform.Silo.Hosting.KeyRotation;
using Platform.Storage;

namespace Platform.Silo.Hosting;

public static class PlatformSiloExtensions
{
    /// <summary>Hosts the grains in this process, alone with its database (topology <see cref="Topology.Embedded"/>), storage included.</summary>
    public static IHostApplicationBuilder AddStandaloneSilo(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(_ => ClusterCredential.OfThisProcess());
        return builder.AddSilo(silo => silo.RunAlone(InstallationExtensions.ClusterIdOf(builder.Configuration)));
    }

    /// <summary>Hosts the grains in this process, joined with others on one PostgreSQL (topologies <see cref="Topology.Cohosted"/> and <see cref="Topology.Cluster"/>).</summary>
    public static IHostApplicationBuilder AddClusteredSilo(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(InstallationExtensions.CredentialOf);
        builder.Services.AddClusterNode(builder.Configuration);
        return builder.AddSilo(silo => silo.JoinCluster(InstallationExtensions.ClusterIdOf(builder.Configuration), builder.Configuration));
    }

    private static IHostApplicationBuilder AddSilo(this IHostApplicationBuilder builder, Action<ISiloBuilder> place)
    {
        var services = builder.Services;
        services.AddPlatformOptions();
        services.AddSingleton<FatalShutdown>();
        services.AddSingleton<ActivationHealth>();
        services.AddSingleton<SealedDataCheck>();
        services.AddSiloService<MasterKeyWatch>(SiloStages.Workers);
        services.AddPlatformGrains();
        services.AddOrleansClock();
        services.AddPlacementDirector<NamedSiloPlacement, NamedSiloPlacementDirector>();
        builder.UseOrleans(silo =>
        {
            place(silo);
            Configure(silo);
        });
        services.AddHealthChecks().AddCheck<StorageCheck>("storage").AddCheck<GrainsCheck>("grains").AddCheck<SealedDataCheck>("sealedData").AddCheck<MasterKeyWatch>("masterKey");
        builder.AddBackupSchedule();
        builder.AddJournalCheck();
        return builder;
    }

    private static void Configure(ISiloBuilder silo)
    {
        silo.AddIncomingGrainCallFilter<RequireClusterCredential>();
        silo.AddOutgoingGrainCallFilter<AttachClusterCredential>();
        silo.AddActivityPropagation();
        silo.AddPlatformStorage().AddDatabaseOwnership().AddKnownSecrets();
        silo.Configure<SiloMessagingOptions>(options =>
        {
            options.ResponseTimeout = InstallationExtensions.ResponseTimeout;
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
