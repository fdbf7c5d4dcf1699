using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <summary>
/// The addresses that may be loaded, found out once: connections go there and nowhere else, whatever the name means a moment later. Redirects are not followed.
/// </summary>
internal sealed class LoadTarget
{
    private readonly IPAddress[] _addresses;
    private readonly X509Certificate2? _pinned;
    private readonly LoadOptions _options;

    private LoadTarget(LoadOptions options, IPAddress[] addresses, X509Certificate2? pinned) => (_options, _addresses, _pinned) = (options, addresses, pinned);

    public static async Task<LoadTarget> ResolveAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(options.Url.IdnHost, cancellationToken);
        }
        catch (SocketException)
        {
            throw new UsageException($"{options.Url.Host} is not known.");
        }

        if (!options.AllowRemote && Array.Exists(addresses, address => !IPAddress.IsLoopback(address)))
        {
            throw new UsageException($"{options.Url.Host} is not this machine. Load only what is yours; if it is, say --allow-remote.");
        }

        return new LoadTarget(options, addresses, Certificate(options.CaCertificate));
    }

    /// <summary>HTTP/2 shares one connection among many requests, so there is one client for each connection; HTTP/1.1 has one client with a pool.</summary>
    public HttpClient[] Connect(Version version)
    {
        var http2 = version.Major == 2;
        var connections = _options.Connections ?? (http2 ? 8 : 64);
        return [.. Enumerable.Range(0, http2 ? connections : 1).Select(_ => Client(version, http2 ? 1 : connections))];
    }

    /// <summary>The grain runtime that the platform says it runs on.</summary>
    public async Task<string> RuntimeAsync(CancellationToken cancellationToken)
    {
        using var client = Client(new Version(2, 0), connections: 1);
        try
        {
            using var ready = await client.GetFromJsonAsync<JsonDocument>("/readyz", cancellationToken);
            return ready?.RootElement.TryGetProperty("runtime", out var runtime) == true ? runtime.GetString() ?? "unknown" : "unknown";
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            throw new UsageException($"{_options.Url} is not ready: {failure.InnerException?.Message ?? failure.Message}");
        }
    }

    private HttpClient Client(Version version, int connections) => new(Handler(connections))
    {
        BaseAddress = _options.Url,
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = _options.Timeout,
    };

    private SocketsHttpHandler Handler(int connections) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxConnectionsPerServer = connections,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        ConnectCallback = ConnectAsync,
        SslOptions = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, CertificateChainPolicy = Policy() },
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The name in the certificate is checked in any case.</summary>
    private X509ChainPolicy? Policy()
    {
        if (_pinned is null) return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_pinned);
        return policy;
    }

    private static X509Certificate2? Certificate(string? file)
    {
        if (file is null) return null;
        try
        {
            return X509Certificate2.CreateFromPem(File.ReadAllText(file));
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--cacert: {file} cannot be read as a PEM certificate.");
        }
    }
}
