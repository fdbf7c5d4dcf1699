namespace Platform.Api.Tests.Authentication;

[Trait("Threat", "T60")]
public sealed class CrossOriginTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "nonsense", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("Sec-Fetch-Site", "none", true)]
    [InlineData("Origin", "https://evil.example", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Origin", "http://{own}", false)]
    [InlineData("Origin", "https://{own}.evil.example", false)]
    [InlineData("Origin", "https://user@{own}", false)]
    [InlineData("Origin", "https://localhost", false)]
    [InlineData("Origin", "https://{own}", true)]
    [InlineData("Referer", "https://evil.example/", true)]
    public async Task UnsafeCallWithTheCookie_IsServedToOwnPagesOnly(string header, string value, bool served)
    {
        var owner = await host.NewTenantAsync();
        value = value.Replace("{own}", host.Address.Authority, StringComparison.Ordinal);

        var answer = await host.SendAsync("POST", "/v1/session/touch", null, null, owner.Token, (header, value));

        if (served) answer.ShouldBe(HttpStatusCode.OK);
        else answer.ShouldBeProblem(HttpStatusCode.Forbidden, "cross_origin");
    }

    [Theory]
    [InlineData("POST", "/v1/sign-out")]
    [InlineData("POST", "/v1/session/validate")]
    [InlineData("POST", "/v1/me/password")]
    [InlineData("DELETE", "/v1/me/sessions")]
    [InlineData("PATCH", "/v1/tenants/platform")]
    [InlineData("PUT", "/v1/tenants/platform/users/x/permissions")]
    public async Task UnsafeCall_FromAnotherSite_ChangesNothing(string method, string path)
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.SendAsync(method, path, null, null, owner.Token, ("Sec-Fetch-Site", "cross-site"));

        answer.ShouldBeProblem(HttpStatusCode.Forbidden, "cross_origin");
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task SignIn_FromAnotherSite_IsRefusedEvenWithoutACookie()
    {
        var owner = await host.NewTenantAsync();
        var body = new { tenant = owner.Slug, username = owner.Username, password = owner.Password };

        (await host.SendAsync("POST", "/v1/sign-in", body, null, null, ("Sec-Fetch-Site", "cross-site"))).ShouldBeProblem(HttpStatusCode.Forbidden, "cross_origin");
        (await host.SendAsync("POST", "/v1/sign-in", body, null, null, ("Origin", "https://evil.example"))).ShouldBeProblem(HttpStatusCode.Forbidden, "cross_origin");
        (await host.SendAsync("POST", "/v1/sign-in", body, null, null, ("Sec-Fetch-Site", "same-origin"))).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>A form of another page carries no cookie, and its answer would still take the cookie away.</summary>
    [Fact]
    public async Task UnsafeCall_FromAnotherSite_SetsAndClearsNothingInTheBrowser()
    {
        foreach (var operation in (await host.ReadOperationsAsync()).Where(operation => operation.Method != "GET"))
        {
            var answer = await host.SendAsync(operation.Method, operation.Path.Replace('{', 'x').Replace('}', 'x'), null, null, null, ("Sec-Fetch-Site", "cross-site"));
            (answer.Header("Set-Cookie"), answer.Header("Clear-Site-Data")).ShouldBe((null, null), $"{operation}");
        }

        (await host.SendAsync("POST", "/v1/sign-out", null, null, null, ("Sec-Fetch-Site", "cross-site"))).ShouldBeProblem(HttpStatusCode.Forbidden, "cross_origin");
        (await host.SendAsync("POST", "/v1/sign-out", null, null, null, ("Sec-Fetch-Site", "same-origin"))).ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("xn--bcher-kva.example", "https://xn--bcher-kva.example", true)]
    [InlineData("xn--bcher-kva.example", "https://XN--BCHER-KVA.example", true)]
    [InlineData("xn--bcher-kva.example:8443", "https://xn--bcher-kva.example:8443", true)]
    [InlineData("[::1]:8443", "https://[::1]:8443", true)]
    [InlineData("xn--bcher-kva.example", "https://bucher.example", false)]
    [InlineData("xn--bcher-kva.example", "https://xn--bcher-kva.example:8443", false)]
    public async Task Origin_OfANameInAnyForm_IsComparedAsDnsHasIt(string name, string origin, bool served)
    {
        var owner = await host.NewTenantAsync();
        var answer = await host.SendAsync("POST", "/v1/session/touch", null, null, owner.Token, ("Host", name), ("Origin", origin));
        if (served) answer.ShouldBe(HttpStatusCode.OK);
        else answer.ShouldBeProblem(HttpStatusCode.Forbidden, "cross_origin");
    }

    [Fact]
    public async Task BearerAndSafeCalls_AreExempt()
    {
        var owner = await host.NewTenantAsync();

        (await host.SendAsync("POST", "/v1/session/touch", null, owner.Token, null, ("Sec-Fetch-Site", "cross-site"))).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", "/v1/session", null, null, owner.Token, ("Sec-Fetch-Site", "cross-site"))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task NoAnswer_AllowsOtherOriginsToReadIt()
    {
        var answer = await host.SendAsync("OPTIONS", "/v1/session", null, null, null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "GET"));

        answer.Header("Access-Control-Allow-Origin").ShouldBeNull();
    }
}
