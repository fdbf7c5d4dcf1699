using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Platform.Hosting.Clustering;

namespace Platform.Silo.Hosting.Clustering;

internal static class SecureSiloConnections
{
    /// <summary>Of a silo with others, and with API hosts that are none.</summary>
    public static void SecureConnectionsOfSilo(this IServiceCollection services)
    {
        services.AddClusterCertificates(CertificateUse.Silo);
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ClientCertificateProbe>();
        services.AddOptions<SiloConnectionOptions>().Configure<ClusterCertificates>((connections, certificates) =>
        {
            var (silo, anyone) = (certificates.Demanding(CertificateUse.Silo), certificates.Demanding(CertificateUse.Client));
            connections.ConfigureSiloInboundConnection(connection => connection.UseServerTls(silo));
            connections.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(silo));
            connections.ConfigureGatewayInboundConnection(connection => connection.UseServerTls(anyone));
        });
    }
}
