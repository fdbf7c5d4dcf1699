using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Activation;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans.Hosting;

internal sealed class GrainRuntime(
    IServiceProvider services, IGrainFactory grains, ITimerRegistry timers, ILocalSiloDetails silo, [FromKeyedServices(TimeProviderNames.Grains)] TimeProvider time)
    : IGrainRuntime
{
    public string SiloIdentity { get; } = silo.SiloAddress.ToString();

    public SiloAddress SiloAddress => silo.SiloAddress;

    public IGrainFactory GrainFactory => grains;

    public ITimerRegistry TimerRegistry => timers;

    public IServiceProvider ServiceProvider => services;

    public TimeProvider TimeProvider => time;

    public void DeactivateOnIdle(IGrainContext grainContext)
        => grainContext.Deactivate(new(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ((GrainActivation)grainContext).DelayDeactivation(timeSpan);
}

internal sealed class LocalSiloDetails(
    IOptions<SiloOptions> silo, IOptions<ClusterOptions> cluster, IOptions<EndpointOptions> endpoints, TimeProvider time) : ILocalSiloDetails
{
    public string Name => silo.Value.SiloName;

    public string ClusterId => cluster.Value.ClusterId;

    public string DnsHostName { get; } = Environment.MachineName;

    public SiloAddress SiloAddress { get; } = SiloAddress.New(
        new IPEndPoint(endpoints.Value.AdvertisedIPAddress, endpoints.Value.SiloPort),
        (int)(time.GetUtcNow() - new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds);

    public SiloAddress? GatewayAddress => null;
}
