using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Api.ForwardedHeaders;
using Platform.Api.Limits;
using Platform.Api.Requests;
using Platform.Hosting;

namespace Platform.Api.Hosting;

internal static class HostingExtensions
{
    /// <summary>
    /// A line ends with CR LF only: who also takes a bare LF can be made to see another request than the proxy in front (threat T89). In code, not in a project file: it holds in
    /// every program that hosts the API.
    /// </summary>
    private const string DisableLineFeedTerminators = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    /// <summary>Server, TLS, limits and logs.</summary>
    public static void AddHosting(this WebApplicationBuilder builder)
    {
        AppContext.SetSwitch(DisableLineFeedTerminators, true);
        var services = builder.Services;
        var addresses = new ListenAddresses(builder.Configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RuntimeInfo>();
        services.AddSingleton<ServerCertificate>();
        services.AddSingleton<StalledConnectionReleaser>();
        services.TryAddSingleton(new OpenFiles());
        services.AddSingleton<HostMetrics>();
        services.AddSingleton<ConnectionBounds>();
        services.AddSingleton<AddressConnections>();
        services.AddSingleton<IValidateOptions<LimitsOptions>>(provider => provider.GetRequiredService<ConnectionBounds>());
        services.AddHostedService<OpenFilesWatch>();
        services.AddSingleton<IValidateOptions<ProxyOptions>>(addresses);
        services.AddOptions<ProxyOptions>().Configure(proxy => proxy.TrustedNetworks = addresses.TrustedNetworks).ValidateOnStart();
        services.AddOptions<LimitsOptions>().BindConfiguration(LimitsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<HostOptions>().Configure<IOptions<LimitsOptions>>((host, limits) => host.ShutdownTimeout = limits.Value.ShutdownTimeout + ServerDrain.TimeForTheRest);
        services.AddHostedService<ServerDrain>();
        services.AddOptions<KestrelServerOptions>().Configure<ServerCertificate, AddressConnections, StalledConnectionReleaser, ConnectionBounds, IOptions<LimitsOptions>>(Configure);
        builder.WebHost.UseUrls(addresses.Urls);
        builder.AddPlatformLogs();
    }

    private static void Configure(
        KestrelServerOptions kestrel, ServerCertificate certificate, AddressConnections addresses, StalledConnectionReleaser cut, ConnectionBounds bounds, IOptions<LimitsOptions> options)
    {
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = RequestHeaderEncodings.Select;
        // The outermost first: a closed connection no longer counts, and all of it comes before TLS.
        kestrel.ConfigureEndpointDefaults(listen => listen.Use(addresses.Watch).Use(cut.Watch));
        kestrel.ConfigureHttpsDefaults(https =>
        {
            CipherSuites.Restrict(https);
            if (!certificate.IsConfigured) https.ServerCertificate = certificate.Value;
        });

        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = BodyLimit.ReadAwaySize;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;
        limits.MaxRequestHeaderCount = 100;
        limits.MaxRequestLineSize = 8 * 1024;
        limits.RequestHeadersTimeout = options.Value.HeadersTimeout;
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MaxConcurrentConnections = bounds.Total(options.Value);
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.MaxRequestHeaderFieldSize = 16 * 1024;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromMinutes(1);
    }
}
