using System.Text;

namespace Platform.Api.Tests.ForwardedHeaders;

/// <summary>A host behind a proxy on loopback: plain HTTP beside HTTPS.</summary>
public sealed class ProxiedHost : PlatformHost
{
    public ProxiedHost() : base("--Platform:Proxy:TrustedNetworks=127.0.0.0/8,10.0.0.0/8", "--urls=https://127.0.0.1:0;http://127.0.0.1:0") { }

    internal HttpClient Plain { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Plain = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = PlainAddress };
    }

    /// <summary>A request of the client at this address, as the proxy passes it on.</summary>
    internal async Task<Answer> SendFromAsync(string ip, string method, string path, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", ip);
        if (body is not null) request.Content = ApiCalls.JsonContent(body as string ?? JsonSerializer.Serialize(body));
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        var response = await Plain.SendAsync(request);
        return new Answer(response.StatusCode, response, await response.Content.ReadAsStringAsync());
    }
}

[Trait("Threat", "T62")]
public sealed class ProxyTests(ProxiedHost host) : IClassFixture<ProxiedHost>
{
    [Theory]
    [InlineData(null)]
    [InlineData("http")]
    [InlineData("https, http")]
    [InlineData("")]
    public async Task PlainHttp_NotOnBehalfOfHttps_IsRefusedNotRedirected(string? proto)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/livez");
        if (proto is not null) request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", proto);

        var response = await host.Plain.SendAsync(request);

        new Answer(response.StatusCode, response, await response.Content.ReadAsStringAsync()).ShouldBeProblem(HttpStatusCode.Forbidden, "https_required");
    }

    [Fact]
    public async Task PlainHttp_OnBehalfOfHttps_IsServed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/livez");
        request.Headers.Add("X-Forwarded-Proto", "https");

        (await host.Plain.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(null, "127.0.0.1")]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("198.51.100.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9")]
    [InlineData("203.0.113.9:4711", "203.0.113.9")]
    [InlineData("[2001:db8::7]:4711", "2001:db8::7")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("garbage", "127.0.0.1")]
    [InlineData("198.51.100.1, garbage, 10.1.2.3", "10.1.2.3")]
    [InlineData("010.0.0.9", "127.0.0.1")]
    [InlineData("1", "127.0.0.1")]
    public async Task ClientAddress_IsTheRightmostThatNoTrustedProxyOwns(string? forwarded, string expected)
    {
        var owner = await host.NewTenantAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sign-in")
        {
            Content = new StringContent(JsonSerializer.Serialize(new { tenant = owner.Slug, username = owner.Username, password = owner.Password, transport = "token" }), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Forwarded-Proto", "https");
        if (forwarded is not null) request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        var signedIn = JsonDocument.Parse(await (await host.Plain.SendAsync(request)).Content.ReadAsStringAsync()).RootElement;
        var id = signedIn.GetProperty("session").GetProperty("id").GetString();

        var sessions = await host.SendAsync("GET", "/v1/me/sessions", token: signedIn.GetProperty("token").GetString());

        sessions.Items.Single(item => item.GetProperty("id").GetString() == id).GetProperty("ip").GetString().ShouldBe(expected);
    }

    [Fact]
    public async Task ClientAddress_ClaimedByAnUntrustedPeer_IsIgnored()
    {
        await using var direct = await new PlatformHost().StartedAsync();
        var token = await direct.OperatorTokenAsync();

        await direct.SendAsync("POST", "/v1/sign-in", new { tenant = "platform", username = "operator", password = PlatformHost.OperatorPassword }, null, null, ("X-Forwarded-For", "203.0.113.9"));

        var sessions = await direct.SendAsync("GET", "/v1/me/sessions", token: token);
        sessions.Items.ShouldAllBe(item => item.GetProperty("ip").GetString() == "127.0.0.1");
    }
}
