using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Platform.Testing.Processes;

/// <summary>What people and scripts do with it.</summary>
public sealed partial class PlatformProcess
{
    /// <summary>Longer than the platform takes at most to answer 503: 45 s for a call that hashes, on its way to a silo that hangs.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(60);

    public Task<SignedIn> SignInAsync() => this.SignInAsync("platform", "operator", OperatorPassword);

    /// <summary>A tenant with an owner named <c>owner</c>.</summary>
    public async Task CreateTenantAsync(string operatorToken, string slug, string edition = "standard") =>
        (await this.SendAsync(
            "POST",
            "/v1/operator/tenants",
            new { slug, name = slug, edition, admin = new { username = "owner", email = "owner@example.com", password = ApiCalls.Password } },
            operatorToken)).ShouldBe(HttpStatusCode.Created);

    public Task<Answer> CreateUserAsync(string token, string tenant, string username, string role = "viewer") =>
        this.SendAsync("POST", $"/v1/tenants/{tenant}/users", new { username, email = "someone@example.com", password = ApiCalls.Password, mustChangePassword = false, role }, token);

    /// <summary>A process that goes away at the wrong moment shows as a bare socket failure while the client sets a connection up: callers see one kind.</summary>
    async Task<HttpResponseMessage> IApiHost.SendAsync(HttpRequestMessage request)
    {
        try
        {
            return await _http.SendAsync(request);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, failure.Message, failure);
        }
    }

    /// <summary>All items of a list, page by page.</summary>
    public async IAsyncEnumerable<JsonElement> ListAsync(string path, string token)
    {
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await this.SendAsync("GET", $"{path}?limit=200{(cursor.Length == 0 ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}", token: token)).ShouldBe(HttpStatusCode.OK).Json;
            foreach (var item in page.GetProperty("items").EnumerateArray()) yield return item;
            cursor = page.GetProperty("nextCursor").GetString();
        }
    }

    /// <param name="from">Another address of loopback than the usual one, as another client.</param>
    public async Task<Socket> ConnectAsync(IPAddress? from = null)
    {
        var socket = from is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(from.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        if (from is not null) socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(Address.Host, Address.Port);
        return socket;
    }

    /// <summary>Trust exactly the certificate that the platform announced.</summary>
    public SslClientAuthenticationOptions ClientOptions() => new()
    {
        TargetHost = "localhost",
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 presented && IsAnnounced(presented),
    };

    /// <summary>A connection with TLS on which a test writes what it wants.</summary>
    public async Task<SslStream> ConnectSecurelyAsync(IPAddress? from = null)
    {
        var stream = new SslStream(new NetworkStream(await ConnectAsync(from), ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(ClientOptions());
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends the bytes and reads until the platform closes the connection; null when it stays open.</summary>
    public async Task<string?> SendRawAsync(string request)
    {
        await using var stream = await ConnectSecurelyAsync();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var answer = new MemoryStream();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
        try
        {
            await stream.CopyToAsync(answer, timeout.Token);
        }
        catch (IOException)
        {
            // Closed with a reset: what came before counts.
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    private HttpClient NewClient() => new(new SocketsHttpHandler
    {
        SslOptions = ClientOptions(),
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
    }) { Timeout = AnswerTime };

    private bool IsAnnounced(X509Certificate2 presented) =>
        string.Equals(Convert.ToHexString(presented.GetCertHash(HashAlgorithmName.SHA256)), Fingerprint.Replace(":", "", StringComparison.Ordinal), StringComparison.Ordinal);
}
