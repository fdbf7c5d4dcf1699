using System.Globalization;
using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Platform.Api.Docs;
using Platform.Api.Hosting;
using Platform.Hosting;
using Platform.Hosting.Settings;

namespace Platform.Server.Demo;

/// <summary>
/// <c>--demo</c> in development: the example page of the demo tenant, on a server and an origin of its own, as a tenant's site is. Nothing of the platform is reached there, and nothing
/// of it through the platform's address.
/// </summary>
internal sealed class DemoSite(
    DemoTenant tenant, DemoSnippet snippet, DemoPages pages, ServerCertificate certificate, HostArguments arguments, IConfiguration configuration, IOptions<DemoSiteOptions> options, IOptions<PlatformOptions> platform,
    ILoggerFactory loggers) : HostedLifecycleService, IExampleSite, IAsyncDisposable
{
    public const string Host = "localhost";
    public const string Environment = "development";

    private const int AnyFree = 0;
    private WebApplication? _site;

    /// <summary>Null where there is none.</summary>
    public string? Address { get; private set; }

    /// <summary>Why there is none although the demo was asked for.</summary>
    public string? WhyNot { get; private set; }

    /// <summary>Before the platform listens: its page works from the first moment.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!arguments.Has(DemoExtensions.Flag)) return;
        WhyNot = platform.Value.Environment == Environment ? await OpenAsync(cancellationToken) : $"it is there in the environment {Environment} only.";
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_site is not null) await _site.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_site is not null) await _site.DisposeAsync();
    }

    private async Task<string?> OpenAsync(CancellationToken cancellationToken)
    {
        _site = await ListenAsync(cancellationToken);
        var port = new Uri(_site.Urls.First()).Port;
        var domain = string.Create(CultureInfo.InvariantCulture, $"{Host}:{port}");
        if (await snippet.AllowAsync(domain, shortSessions: tenant.IsNew, cancellationToken) is { } reason)
        {
            await _site.StopAsync(cancellationToken);
            return reason;
        }

        Address = "https://" + domain;
        return null;
    }

    /// <summary>On the port that was named, or on none; otherwise beside the platform's, or where that is taken on any that is free.</summary>
    private async Task<WebApplication> ListenAsync(CancellationToken cancellationToken)
    {
        var named = options.Value.TryReadPort(out var port);
        if (!named) port = Beside(configuration[WebHostDefaults.ServerUrlsKey]);
        try
        {
            return await ListenAsync(port, cancellationToken);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException or AggregateException)
        {
            if (named) throw new InvalidOperationException($"The example page cannot be at {options.Value.Url}: the port is in use. Name another with {DemoExtensions.SiteOption}.", taken);
            return await ListenAsync(AnyFree, cancellationToken);
        }
    }

    private static int Beside(string? urls)
    {
        var platform = urls?.Split(';').Select(url => BindingAddress.Parse(url)).FirstOrDefault(url => url.Scheme == Uri.UriSchemeHttps)?.Port ?? AnyFree;
        return platform is > 0 and < IPEndPoint.MaxPort ? platform + 1 : AnyFree;
    }

    private async Task<WebApplication> ListenAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = nameof(DemoSite), ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, OfItsOwner>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 100;
            kestrel.Limits.MaxRequestBodySize = 0;
            if (port == AnyFree) kestrel.Listen(IPAddress.Loopback, port, Secure);
            else kestrel.ListenLocalhost(port, Secure);
        });
        var site = builder.Build();
        site.Run(pages.AnswerAsync);
        try
        {
            await site.StartAsync(cancellationToken);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    private void Secure(ListenOptions listen) => listen.UseHttps(https =>
    {
        https.ServerCertificate = certificate.Value;
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
    });

    /// <summary>Signals are for the platform, which stops its site.</summary>
    private sealed class OfItsOwner : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
