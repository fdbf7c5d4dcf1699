using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Apart;

/// <summary>
/// Orleans in this process, which is not one of the platform's: what any user of the machine can start. It knows the name of the cluster and its ports, and reaches
/// nothing but these.
/// </summary>
internal static class StrangeProcess
{
    private const string ClusterName = "platform-development";

    /// <summary>Connects once and does not try again.</summary>
    public static IHost Client(int gatewayPort, Action<TlsOptions>? tls)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gatewayPort)).UseConnectionRetryFilter((_, _) => Task.FromResult(false)).Configure<ClusterOptions>(Name);
            if (tls is not null) client.UseTls(tls);
        });
        return builder.Build();
    }

    /// <summary>A cluster of one, under the name of the platform's.</summary>
    public static IHost Silo(X509Certificate2? certificate)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePorts.Next(), FreePorts.Next()).Configure<ClusterOptions>(Name);
            silo.Configure<SiloMessagingOptions>(options => (options.ResponseTimeout, options.SystemResponseTimeout) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)));
            if (certificate is not null)
            {
                silo.UseTls(options =>
                {
                    options.LocalCertificate = certificate;
                    options.AllowAnyRemoteCertificate();
                });
            }
        });
        return builder.Build();
    }

    /// <summary>Asks another silo for what its system targets tell every silo.</summary>
    public static Task<SiloRuntimeStatistics[]> AskAsync(IHost silo, SiloAddress other) =>
        silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetRuntimeStatistics([other]);

    private static void Name(ClusterOptions options) => (options.ServiceId, options.ClusterId) = (ClusterName, ClusterName);
}
