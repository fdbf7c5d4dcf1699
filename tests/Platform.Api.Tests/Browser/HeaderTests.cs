namespace Platform.Api.Tests.Browser;

public sealed class HeaderTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Theory]
    [Trait("Threat", "T61")]
    [InlineData("GET", "/livez", 200)]
    [InlineData("GET", "/readyz", 200)]
    [InlineData("GET", "/openapi/v1.json", 200)]
    [InlineData("GET", "/docs", 200)]
    [InlineData("GET", "/v1/session", 401)]
    [InlineData("POST", "/v1/session/validate", 401)]
    [InlineData("GET", "/v1/nothing", 404)]
    [InlineData("GET", "/", 302)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("DELETE", "/v1/session", 405)]
    [InlineData("HEAD", "/v1/session", 401)]
    [InlineData("HEAD", "/v1/session/touch", 405)]
    [InlineData("OPTIONS", "/v1/sign-in", 405)]
    [InlineData("TRACE", "/v1/session", 405)]
    [InlineData("POST", "/v1/sign-in", 415)]
    public async Task EveryAnswer_CarriesTheSecurityHeaders(string method, string path, int status)
    {
        var answer = await host.SendAsync(method, path);

        ((int)answer.Status).ShouldBe(status);
        answer.Header("Strict-Transport-Security").ShouldBe("max-age=63072000; includeSubDomains");
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Header("Content-Security-Policy").ShouldNotBeNull().ShouldContain("default-src 'none'");
        answer.Header("Content-Security-Policy").ShouldNotBeNull().ShouldContain("frame-ancestors 'none'");
        answer.Header("Referrer-Policy").ShouldBe("no-referrer");
        answer.Header("X-Frame-Options").ShouldBe("DENY");
        answer.Header("Server").ShouldBeNull();
        answer.Header("X-Powered-By").ShouldBeNull();
        if (path.StartsWith("/v1", StringComparison.Ordinal)) answer.Header("Cache-Control").ShouldBe("no-store");
        if (status == 401) answer.Header("WWW-Authenticate").ShouldBe("Bearer");
        if (status == 405) answer.Header("Allow").ShouldNotBeNullOrEmpty();
        if (status >= 400 && method != "HEAD") answer.ContentType.ShouldBe("application/problem+json");
    }

    [Fact]
    [Trait("Threat", "T85")]
    public async Task RoutesForTestsOrDebugging_AreNotThere()
    {
        foreach (var path in new[] { "/metrics", "/debug", "/dashboard", "/v1/test/clock", "/v1/time", "/swagger", "/openapi/v2.json", "/.env", "/v1/fault" })
        {
            (await host.SendAsync("GET", path)).ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task TraceParent_OfTheCaller_IsTheProblemsTraceId()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";

        var answer = await host.SendAsync("GET", "/v1/session", null, null, null, ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"));

        answer.String("traceId").ShouldBe(Trace);
    }

    [Fact]
    public async Task Docs_AreOnePageThatReadsWithoutScript()
    {
        var answer = await host.SendAsync("GET", "/docs");

        answer.ContentType.ShouldBe("text/html");
        answer.Header("Content-Security-Policy")!.ShouldNotContain("unsafe");
        var html = answer.Text.Split("<script>")[0];
        foreach (var text in new[] { "/v1/sign-in", "/v1/session/validate", "too_many_attempts", "__Host-sid" }) html.ShouldContain(text);
    }
}
