using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Platform.Hosting.Clustering;

/// <summary>TLS between the processes of a cluster, with certificates at both ends, on loopback too: every user of the machine can connect there (threat T80).</summary>
internal static partial class SecureConnections
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>Secures the connections of an API host to the silos' gateways.</summary>
    public static void SecureConnectionsOfClient(this IServiceCollection services)
    {
        services.AddClusterCertificates(CertificateUse.Client);
        services.AddOptions<ClientConnectionOptions>().Configure<ClusterCertificates>((connections, certificates) =>
        {
            var silo = certificates.Demanding(CertificateUse.Silo);
            connections.ConfigureConnection(connection => connection.UseClientTls(silo));
        });
    }

    /// <summary>The certificate of this process and the authority of the others, checked at the start and watched for its end.</summary>
    public static void AddClusterCertificates(this IServiceCollection services, CertificateUse use)
    {
        services.AddOptions<ClusterCertificateOptions>().BindConfiguration(ClusterCertificateOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClusterCertificateOptions>>(provider => new ClusterCertificateOptionsValidator(use, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider =>
            ClusterCertificates.Open(provider.GetRequiredService<IOptions<ClusterCertificateOptions>>().Value, use, provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<ExpiryWatch>();
    }

    /// <summary>Says so in time: once it has expired, no connection is made any more.</summary>
    private sealed partial class ExpiryWatch(ClusterCertificates certificates, TimeProvider time, ILogger<ExpiryWatch> logger) : BackgroundService
    {
        private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                if (certificates.ExpiresAt - time.GetUtcNow() < Soon) Expires(logger, certificates.ExpiresAt);
                await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        [LoggerMessage(EventName = "ClusterCertificateExpires", Level = LogLevel.Warning, Message = "The certificate of this process expires at {ExpiresAt:u}; then no other process accepts it. Renew it and restart the process")]
        private static partial void Expires(ILogger logger, DateTimeOffset expiresAt);
    }
}
