using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Text;
using DnsClient;

namespace Platform.Snippets;

/// <summary>
/// The proof on the site: a line of <c>https://&lt;domain&gt;/.well-known/platform-challenge</c> is the challenge. A tenant names the host, so that nothing but a public web server may
/// ever be asked (server-side request forgery, threat T57): the name is resolved once, every address of it is judged, and the connection goes to one of these.
/// </summary>
internal sealed class FileProof(DomainResolver resolver, DomainConnector connector, TimeProvider time)
{
    /// <inheritdoc cref="TxtProof.Unreachable"/>
    public const string Unreachable = "file_unreachable";

    private const int MaxSize = 64 * 1024;
    private const int MaxHeaderKilobytes = 16;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <returns>Null when it is there.</returns>
    public async Task<(string Code, string Detail)?> FindAsync(string domain, string challenge, CancellationToken cancellationToken)
    {
        var url = new Uri(DomainChallenges.FileUrl(domain));
        using var timer = new CancellationTokenSource(Timeout, time);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            var addresses = await resolver.ReadAddressesAsync(domain, timeout.Token);
            if (addresses.IsEmpty) return ("host_not_found", $"{domain} has no address.");
            if (!addresses.All(PublicAddresses.Contains)) return ("address_not_public", $"{domain} has an address that is not on the public Internet.");
            return await ReadAsync(url, challenge, addresses, timeout.Token);
        }
        catch (Exception failure) when (failure is DnsResponseException or HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // It does not say which of them: the caller, who names the host, must not learn what is behind it.
            return (Unreachable, $"{url} could not be read within {Timeout.TotalSeconds} seconds over HTTPS with a certificate for {domain}.");
        }
    }

    private async Task<(string Code, string Detail)?> ReadAsync(Uri url, string challenge, ImmutableArray<IPAddress> addresses, CancellationToken cancellationToken)
    {
        using var handler = HandlerFor(url.IdnHost, addresses);
        using var http = new HttpMessageInvoker(handler);
        var redirected = false;
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await http.SendAsync(request, cancellationToken);
            if (IsRedirect(response.StatusCode))
            {
                if (redirected || Target(url, response.Headers.Location) is not { } target) return ("file_redirected", $"{url} redirects. One redirect to another path of the same host is followed.");
                (url, redirected) = (target, true);
                continue;
            }

            if (response.StatusCode != HttpStatusCode.OK) return ("file_not_found", $"{url} answers {(int)response.StatusCode}.");
            return await HoldsAsync(response.Content, challenge, cancellationToken) ? null : ("file_differs", $"No line of {url} is {challenge}.");
        }
    }

    /// <summary>No proxy, no cookies, no compression (a small answer could grow), no address but those judged.</summary>
    private SocketsHttpHandler HandlerFor(string host, ImmutableArray<IPAddress> addresses) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = MaxHeaderKilobytes,
        MaxResponseDrainSize = 0,
        ActivityHeadersPropagator = null,
        SslOptions = new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = connector.Trust },
        ConnectCallback = (_, cancellationToken) => ConnectAsync(addresses, cancellationToken),
    };

    private async ValueTask<Stream> ConnectAsync(ImmutableArray<IPAddress> addresses, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await connector.ConnectAsync(addresses[i], cancellationToken);
            }
            catch (System.Net.Sockets.SocketException) when (i < addresses.Length - 1)
            {
                // The next address of the same host.
            }
        }
    }

    private static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>Null for every other host, port or scheme, and for user information.</summary>
    private static Uri? Target(Uri url, Uri? location)
    {
        if (location is null || !Uri.TryCreate(url, location, out var target)) return null;
        return target.Scheme == Uri.UriSchemeHttps && target.IdnHost == url.IdnHost && target.Port == url.Port && target.UserInfo.Length == 0 ? target : null;
    }

    private static async Task<bool> HoldsAsync(HttpContent content, string challenge, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > MaxSize) return false;
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxSize + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= MaxSize && Encoding.UTF8.GetString(buffer, 0, length).Split('\n', '\r').Any(line => line.Trim() == challenge);
    }
}
