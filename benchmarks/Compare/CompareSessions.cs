using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text.Json;
using Platform.Benchmarks.Compare.Servers;

namespace Platform.Benchmarks.Compare;

/// <summary>Signs in at the compared servers, so that their load has sessions.</summary>
internal sealed class CompareSessions(ServerProcess server, byte[] certificateHash) : IDisposable
{
    private const string Password = "Warm-Lantern-63";

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHash(HashAlgorithmName.SHA256).AsSpan().SequenceEqual(certificateHash) == true,
        },
    })
    {
        BaseAddress = new Uri($"https://127.0.0.1:{server.Port}"),
    };

    /// <summary>Of the owner of a tenant that is made here.</summary>
    /// <returns>Tokens.</returns>
    public async Task<IReadOnlyList<string>> OpenAtPlatformAsync(int count, CancellationToken cancellationToken)
    {
        var boss = await SignInAsync("platform", "operator", WholePlatform.OperatorPassword);
        await AskAsync("/v1/operator/tenants", new { slug = "acme", name = "acme", edition = "standard", admin = new { username = "owner", email = "owner@example.com", password = Password } }, boss);
        var tokens = new List<string>(count);
        while (tokens.Count < count) tokens.Add(await SignInAsync("acme", "owner", Password));
        return tokens;

        async Task<string> SignInAsync(string tenant, string username, string password) =>
            (await AskAsync("/v1/sign-in", new { tenant, username, password, transport = "token" })).GetProperty("token").GetString()!;

        async Task<JsonElement> AskAsync(string path, object body, string? token = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
            if (token is not null) request.Headers.Authorization = new("Bearer", token);
            using var response = await _client.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : throw new InvalidOperationException($"{path}: {text}");
        }
    }

    /// <returns>Cookies, as a request sends them.</returns>
    public async Task<IReadOnlyList<string>> OpenAtCookieServerAsync(int count, CancellationToken cancellationToken)
    {
        var cookies = new List<string>(count);
        while (cookies.Count < count)
        {
            using var response = await _client.PostAsync(new Uri(CookieServer.SignInPath, UriKind.Relative), content: null, cancellationToken);
            cookies.Add(response.EnsureSuccessStatusCode().Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        }

        return cookies;
    }

    public void Dispose() => _client.Dispose();
}
