using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Diagnostics;

namespace Orleans.Hosting;

public static class CoreHostingExtensions
{
    /// <summary>Makes calls part of the trace of their caller.</summary>
    public static ISiloBuilder AddActivityPropagation(this ISiloBuilder builder)
    {
        builder.Services.TryAddSingleton(DistributedContextPropagator.Current);
        return builder.AddOutgoingGrainCallFilter<OutgoingActivityPropagation>().AddIncomingGrainCallFilter<IncomingActivityPropagation>();
    }

    /// <summary>One silo on this machine. In the stand-in there is no other way to run, and naming another primary is an error at start.</summary>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = EndpointOptions.DEFAULT_SILO_PORT,
        int gatewayPort = EndpointOptions.DEFAULT_GATEWAY_PORT,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = ClusterOptions.DevelopmentServiceId,
        string clusterId = ClusterOptions.DevelopmentClusterId)
    {
        builder.ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort);
        if (primarySiloEndpoint is not null && (primarySiloEndpoint.Port != siloPort || !IPAddress.IsLoopback(primarySiloEndpoint.Address)))
        {
            OneProcessOnly.Refuse(builder.Services, $"{nameof(UseLocalhostClustering)} with the primary silo {primarySiloEndpoint}", OneProcessOnly.ServerPackage);
        }

        if (serviceId != ClusterOptions.DevelopmentServiceId || clusterId != ClusterOptions.DevelopmentClusterId)
        {
            builder.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (serviceId, clusterId));
        }

        return builder;
    }
}

/// <summary>Addresses of the silo; accepted, none is opened.</summary>
public static class EndpointOptionsExtensions
{
    public static ISiloBuilder ConfigureEndpoints(this ISiloBuilder builder, IPAddress advertisedIP, int siloPort, int gatewayPort, bool listenOnAnyHostAddress = false)
        => builder.Configure<EndpointOptions>(options =>
        {
            (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (advertisedIP, siloPort, gatewayPort);
            if (listenOnAnyHostAddress)
            {
                options.SiloListeningEndpoint = new IPEndPoint(IPAddress.Any, siloPort);
                options.GatewayListeningEndpoint = new IPEndPoint(IPAddress.Any, gatewayPort);
            }
        });

    public static ISiloBuilder ConfigureEndpoints(
        this ISiloBuilder builder, string? hostname, int siloPort, int gatewayPort, AddressFamily addressFamily = AddressFamily.InterNetwork, bool listenOnAnyHostAddress = false)
        => builder.ConfigureEndpoints(
            hostname is null ? IPAddress.Loopback : Dns.GetHostAddresses(hostname, addressFamily).FirstOrDefault() ?? throw new ArgumentException(
                $"Hostname '{hostname}' with subnet [] and family {addressFamily} is not a valid IP address or DNS name", nameof(hostname)),
            siloPort,
            gatewayPort,
            listenOnAnyHostAddress);

    public static ISiloBuilder ConfigureEndpoints(
        this ISiloBuilder builder, int siloPort, int gatewayPort, AddressFamily addressFamily = AddressFamily.InterNetwork, bool listenOnAnyHostAddress = false)
        => builder.ConfigureEndpoints(null, siloPort, gatewayPort, addressFamily, listenOnAnyHostAddress);
}
