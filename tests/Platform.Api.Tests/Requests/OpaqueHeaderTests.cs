using System.Text;

namespace Platform.Api.Tests.Requests;

/// <summary>RFC 9110 section 5.5: bytes above ASCII in a header are opaque, and no reason to refuse a request.</summary>
public sealed class OpaqueHeaderTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    /// <summary>Not UTF-8.</summary>
    private const string Latin1 = "caf\u00E9 \u00FF\u0080";

    public static TheoryData<string> Others => new("X-Note", "Accept-Language", "Referer", "User-Agent", "If-None-Match", "Cookie", "X-Forwarded-For", "traceparent");

    /// <summary>A cookie that another site of the same domain sets comes along with ours, and must not lock a person out.</summary>
    [Theory]
    [InlineData("/v1/session", "200")]
    [InlineData("/v1/session/validate", "204")]
    [InlineData("/v1/me", "200")]
    public async Task Cookie_BesideOneInLatin1_Counts(string path, string status)
    {
        var owner = await host.NewTenantAsync();
        var method = path.EndsWith("validate", StringComparison.Ordinal) ? "POST" : "GET";

        var answer = await RawConnection.ExchangeAsync(
            host.Address, $"{method} {path} HTTP/1.1\r\nHost: localhost:{host.Address.Port}\r\nConnection: close\r\nOrigin: https://localhost:{host.Address.Port}\r\nContent-Length: 0\r\nCookie: theme={Latin1}; __Host-sid={owner.Token}\r\n\r\n");

        answer.ShouldStartWith($"HTTP/1.1 {status} ");
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Header_InLatin1_RefusesNothing(string header)
    {
        var owner = await host.NewTenantAsync();

        var answer = await RawConnection.ExchangeAsync(
            host.Address, $"GET /v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {owner.Token}\r\n{header}: {Latin1}\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 200 ");
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Header_InLatin1OverHttp2_RefusesNothing(string header)
    {
        var owner = await host.NewTenantAsync();
        var handler = host.NewHandler();
        handler.RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1;
        using var client = new HttpClient(handler) { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/session") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {owner.Token}");
        request.Headers.TryAddWithoutValidation(header, Latin1).ShouldBeTrue();

        using var answer = await client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>What the platform does read has to be right: a refusal that says what is wrong, never a value that was guessed.</summary>
    [Theory]
    [InlineData("Idempotency-Key", "invalid_idempotency_key")]
    [InlineData("Content-Type", "unsupported_media_type")]
    public async Task Header_ThatIsRead_InLatin1_IsAProblem(string header, string code)
    {
        var owner = await host.NewTenantAsync();
        var type = header == "Content-Type" ? "" : "Content-Type: application/json\r\n";
        const string Scenario = """{"name":"Sale","kind":"scenario","content":1}""";

        var answer = await RawConnection.ExchangeAsync(
            host.Address, $"POST /v1/tenants/{owner.TenantId}/scenarios HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {owner.Token}\r\n{type}{header}: {Latin1}\r\nContent-Length: {Scenario.Length}\r\n\r\n{Scenario}");

        answer.ShouldContain("application/problem+json");
        answer.ShouldContain(code);
    }

    [Theory]
    [InlineData("Firefox \u2014 \U0001F98A", true)]
    [InlineData("caf\u00E9 \u00FF", false)]
    [InlineData("plain/1", false)]
    public async Task UserAgent_InUtf8OrLatin1_IsShownAsMeant(string program, bool utf8)
    {
        var owner = await host.NewTenantAsync();
        var bytes = utf8 ? Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(program)) : program;
        var body = $$"""{"tenant":"{{owner.Slug}}","username":"{{owner.Username}}","password":"{{ApiCalls.Password}}","transport":"token"}""";

        var signedIn = await RawConnection.ExchangeAsync(
            host.Address, $"POST /v1/sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nUser-Agent: {bytes}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        signedIn.ShouldStartWith("HTTP/1.1 200 ");
        var sessions = await host.SendAsync("GET", "/v1/me/sessions", token: owner.Token);
        sessions.Items.Select(item => item.GetProperty("userAgent").GetString()).ShouldContain(program);
    }
}
