using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Platform.Hosting.Clustering;

namespace Platform.Silo.Hosting.Clustering;

internal static class SecureSiloConnections
{
    /// <summary>Secures the connections of a silo to other silos and to API hosts without one.</summary>
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
