using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using Platform.ApiKeys;
using Platform.Hosting.Clocks;
using Platform.Hosting.Clustering;
using Platform.Hosting.MasterKeys;
using Platform.Security;
using Platform.Sessions;
using Platform.Telemetry;
using Platform.Tenants;

namespace Platform.Hosting;

public static class PlatformClientExtensions
{
    /// <summary>
    /// For an API host whose grains are in silos elsewhere (topology <see cref="Topology.Cluster"/>): no storage, no grains. It knows the silos' gateways by its settings and
    /// reaches nothing else of theirs, least of all the database (row DMZ).
    /// </summary>
    public static IHostApplicationBuilder AddPlatformClient(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        // It is told by a silo: what follows from its own master key is another one where that has been rotated.
        services.AddSingleton<IndexKey>();
        services.AddPlatformOptions();
        services.AddSingleton(InstallationExtensions.CredentialOf);
        services.AddOrleansClock();
        services.AddMetrics();

        // Empty here: what is not in this process, its grain is asked for.
        services.AddSingleton(_ => new LiveSessions());
        services.AddSingleton(_ => new LiveApiKeys());
        services.AddSingleton(_ => new LiveTenants());
        services.AddSingleton<PlatformMetrics>();
        services.AddOptions<ClientOptions>().BindConfiguration(ClientOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClientOptions>, ClientOptionsValidator>();
        services.AddSingleton<GatewayList>();
        services.AddSingleton<IGatewayListProvider>(provider => provider.GetRequiredService<GatewayList>());

        var clusterId = InstallationExtensions.ClusterIdOf(builder.Configuration);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (clusterId, clusterId));
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = GatewayList.RefreshPeriod);
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = InstallationExtensions.ResponseTimeout);
            client.UseConnectionRetryFilter<FirstConnection>();
            client.AddOutgoingGrainCallFilter<AttachClusterCredential>();
            client.AddActivityPropagation();
            client.Services.SecureConnectionsOfClient();
        });

        services.AddHostedSingleton<GatewayWatch>();
        services.AddHostedSingleton<MasterKeyReporter>();
        services.AddHealthChecks().AddCheck<GatewayCheck>("gateway").AddCheck<MasterKeyReporter>("masterKey");
        return builder;
    }
}
