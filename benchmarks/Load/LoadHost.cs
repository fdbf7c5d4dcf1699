using System.Net;
using System.Net.Http.Json;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Platform.Benchmarks.Wire;

namespace Platform.Benchmarks.Load;

/// <summary>
/// A host that is loaded. Its addresses are found out once: connections go there and nowhere else, whatever the name means a moment later. Redirects are not followed.
/// </summary>
internal sealed class LoadHost
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(10);

    private readonly string _name;

    private LoadHost(Uri url, string name, IPAddress[] addresses, Func<SslClientAuthenticationOptions> tls) =>
        (Url, _name, Addresses, Tls) = (url, name, addresses, tls);

    public Uri Url { get; }

    public IPAddress[] Addresses { get; }

    public int Port => Url.Port;

    /// <summary>As a request names it.</summary>
    public string Authority => $"{_name}:{Port}";

    /// <summary>Made anew for each connection. The name in the certificate is checked, unless one certificate is trusted by itself.</summary>
    public Func<SslClientAuthenticationOptions> Tls { get; }

    public bool IsLoopback => Array.TrueForAll(Addresses, IPAddress.IsLoopback);

    /// <summary>One on this machine, with a certificate that is known.</summary>
    public static LoadHost Own(int port, byte[] certificateHash) =>
        new(new Uri($"https://127.0.0.1:{port}"), "localhost", [IPAddress.Loopback], () => TlsConnection.Pinned(certificateHash));

    public static async Task<LoadHost> ResolveAsync(Uri url, bool allowRemote, X509Certificate2? pinned, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(url.IdnHost, cancellationToken);
        }
        catch (SocketException)
        {
            throw new UsageException($"{url.Host} is not known.");
        }

        if (!allowRemote && Array.Exists(addresses, address => !IPAddress.IsLoopback(address)))
        {
            throw new UsageException($"{url.Host} is not this machine. Load only what is yours; if it is, say --allow-remote.");
        }

        return new LoadHost(url, url.IdnHost, addresses, () => Options(url.IdnHost, pinned));
    }

    public static X509Certificate2? ReadCertificate(string? file)
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

    /// <exception cref="UsageException">This machine has not what HTTP/3 needs.</exception>
    public static void RequireQuic()
    {
        if (!QuicConnection.IsSupported) throw new UsageException("HTTP/3 needs QUIC, and this machine has none (.NET uses libmsquic 2, package libmsquic): leave 3 out of --http.");
    }

    /// <summary>For requests side by side over one connection, or for a few before the load.</summary>
    public HttpClient Connect(Version version, HttpVersionPolicy policy, TimeSpan timeout)
    {
        // HTTP/3 does not ask where to connect to, so that is the address; name and certificate follow from the header Host.
        var address = Array.Find(Addresses, one => one.AddressFamily == AddressFamily.InterNetwork) ?? Addresses[0];
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = 1,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            ConnectCallback = ConnectAsync,
            SslOptions = Tls(),
        })
        {
            BaseAddress = new UriBuilder(Uri.UriSchemeHttps, address.ToString(), Port).Uri,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = policy,
            Timeout = timeout,
        };
        client.DefaultRequestHeaders.Host = Authority;
        return client;
    }

    /// <summary>Asks whether it is there, over the version that is measured.</summary>
    /// <returns>The grain runtime that the platform says it runs on.</returns>
    public async Task<string> ProbeAsync(Version version, CancellationToken cancellationToken)
    {
        using var client = Connect(version, HttpVersionPolicy.RequestVersionExact, ProbeTimeout);
        try
        {
            using var ready = await client.GetFromJsonAsync<JsonDocument>("/readyz", cancellationToken);
            return ready?.RootElement.TryGetProperty("runtime", out var runtime) == true ? runtime.GetString() ?? "unknown" : "unknown";
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or TaskCanceledException { InnerException: TimeoutException })
        {
            throw new UsageException($"{Url} does not answer as a platform that is ready, over HTTP/{LoadOptions.Text(version)}: {failure.InnerException?.Message ?? failure.Message}");
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(Addresses, Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions Options(string name, X509Certificate2? pinned)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = name, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
        if (pinned is null) return options;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(pinned);
        options.CertificateChainPolicy = policy;
        return options;
    }
}
