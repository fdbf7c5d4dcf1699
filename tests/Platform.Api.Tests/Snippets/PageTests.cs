using Platform.Api.DeniedRequests;
using Platform.Api.Tests.SecondFactors;

namespace Platform.Api.Tests.Snippets;

/// <summary>What pages call (row SEGREGATION): who may read an answer, and where a session is good.</summary>
public sealed class PageTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string CookieAttributes = "; Path=/; Secure; HttpOnly; SameSite=None; Partitioned";

    [Fact]
    public async Task SignInPeekTouchSignOut_FromAProvenOrigin_WorkByTheCookieAlone()
    {
        var page = await host.NewPageAsync();
        var signedIn = (await host.FromPageAsync(page, "POST", "/sign-in", new { username = "owner", password = page.Owner.Password })).ShouldBe(HttpStatusCode.OK);
        signedIn.String("status").ShouldBe("signed_in");
        signedIn.Json.TryGetProperty("token", out _).ShouldBeFalse();
        signedIn.Header("Set-Cookie")!.ShouldStartWith("__Host-psid=");
        signedIn.Header("Set-Cookie")!.ShouldEndWith(CookieAttributes);
        var cookie = SnippetCalls.CookieOf(signedIn);

        host.Time.Advance(TimeSpan.FromMinutes(10));
        var peeked = (await host.FromPageAsync(page, "GET", "/session", cookie: cookie)).ShouldBe(HttpStatusCode.OK);
        peeked.String("username").ShouldBe("owner");
        (peeked.Json.GetProperty("idleExpiresIn").GetInt32(), peeked.Json.GetProperty("absoluteExpiresIn").GetInt32()).ShouldBe((20 * 60, (23 * 60 + 50) * 60));
        var touched = (await host.FromPageAsync(page, "POST", "/session/touch", cookie: cookie)).ShouldBe(HttpStatusCode.OK);
        touched.Json.GetProperty("idleExpiresIn").GetInt32().ShouldBe(30 * 60);

        var signedOut = (await host.FromPageAsync(page, "POST", "/sign-out", cookie: cookie)).ShouldBe(HttpStatusCode.NoContent);
        signedOut.Header("Set-Cookie")!.ShouldStartWith("__Host-psid=; Max-Age=0;");
        (await host.FromPageAsync(page, "GET", "/session", cookie: cookie)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.FromPageAsync(page, "POST", "/sign-out", cookie: cookie)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task SignIn_WithTransportToken_WorksAsBearerAndSetsNoCookie()
    {
        var page = await host.NewPageAsync();
        var signedIn = (await host.FromPageAsync(page, "POST", "/sign-in", new { username = "owner", password = page.Owner.Password, transport = "token" })).ShouldBe(HttpStatusCode.OK);
        signedIn.Header("Set-Cookie").ShouldBeNull();
        var token = signedIn.String("token");
        (await host.FromPageAsync(page, "GET", "/session", token: token)).ShouldBe(HttpStatusCode.OK);
        (await host.FromPageAsync(page, "POST", "/session/touch", token: token)).ShouldBe(HttpStatusCode.OK);
        (await host.FromPageAsync(page, "POST", "/sign-out", token: token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.FromPageAsync(page, "GET", "/session", token: token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact]
    public async Task SignIn_WithSecondFactor_IsFinishedOnTheSamePageOnly()
    {
        var page = await host.NewPageAsync();
        await host.ChangeTenantAsync(page.Owner.Slug, new { features = new { twoFactor = true, multiDomain = true } });
        var app = (await host.EnrolAsync(page.Owner)).App;
        (await host.AddDomainAsync(page.Owner, page.Snippet, "b.test")).ShouldBe(HttpStatusCode.OK);
        var challenged = (await host.FromPageAsync(page, "POST", "/sign-in", new { username = "owner", password = page.Owner.Password })).ShouldBe(HttpStatusCode.OK);
        challenged.String("status").ShouldBe("second_factor_required");
        var proof = new { challenge = challenged.String("challenge"), method = "totp", code = host.NextCode(app) };
        (await host.FromPageAsync(page, "POST", "/sign-in/second-factor", proof, origin: "https://b.test")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.SendAsync("POST", "/v1/sign-in/second-factor", proof)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        var proven = (await host.FromPageAsync(page, "POST", "/sign-in/second-factor", proof)).ShouldBe(HttpStatusCode.OK);
        (await host.FromPageAsync(page, "GET", "/session", cookie: SnippetCalls.CookieOf(proven))).ShouldBe(HttpStatusCode.OK)
            .Json.GetProperty("authenticationMethods").GetArrayLength().ShouldBe(2);

        // And the other way round: a challenge that no page was given.
        var own = (await host.TrySignInAsync(page.Owner.Slug, "owner", page.Owner.Password)).ShouldBe(HttpStatusCode.OK);
        var onAPage = new { challenge = own.String("challenge"), method = "totp", code = host.NextCode(app) };
        (await host.FromPageAsync(page, "POST", "/sign-in/second-factor", onAPage)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.FromPageAsync(page, "POST", "/sign-in/sms", new { challenge = own.String("challenge") })).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
    }

    [Theory, Trait("Threat", "T54"), Trait("Threat", "T55")]
    [InlineData("null")]
    [InlineData("http://a.test:9444")]
    [InlineData("https://a.test")]
    [InlineData("https://a.test:9445")]
    [InlineData("https://a.test.:9444")]
    [InlineData("https://A.TEST:9444")]
    [InlineData("https://user@a.test:9444")]
    [InlineData("https://evil-a.test:9444")]
    [InlineData("https://a.test:9444.evil.com")]
    [InlineData("https://a.test:9444/")]
    [InlineData("https://xn--a-test.test:9444")]
    [InlineData("https://127.0.0.1")]
    [InlineData("*")]
    [InlineData("")]
    public async Task EveryPageCall_FromAnotherOrigin_Is403WithoutCorsAndNothingHappens(string origin)
    {
        var page = await host.NewPageAsync();
        var cookie = await host.SignInFromPageAsync(page);
        var credentials = new { username = "owner", password = page.Owner.Password };
        (string Method, string Call, object? Body)[] calls =
        [
            ("GET", "/session", null), ("POST", "/session/touch", null), ("POST", "/sign-out", null), ("POST", "/sign-in", credentials),
            ("POST", "/sign-in/second-factor", new { challenge = "x", method = "totp", code = "000000" }), ("POST", "/sign-in/sms", new { challenge = "x" }), ("OPTIONS", "/session", null),
        ];
        foreach (var (method, call, body) in calls)
        {
            var answer = (await host.FromPageAsync(page, method, call, body, cookie, origin: origin)).ShouldBeProblem(HttpStatusCode.Forbidden, "origin_not_allowed");
            answer.Message.Headers.ShouldAllBe(header => !header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
            answer.Header("Set-Cookie").ShouldBeNull();
            answer.Header("Vary").ShouldBe("Origin");
            var unknown = await host.SendAsync(method, $"/v1/snippets/{SnippetId.New()}{call}", body, headers: ("Origin", page.Origin));
            unknown.Comparable.ShouldBe(answer.Comparable, "that there is no such snippet looks the same");
        }

        (await host.FromPageAsync(page, "GET", "/session", cookie: cookie)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact, Trait("Threat", "T55")]
    public async Task TwoOrigins_BehindOneCache_GetTheirOwnAnswers()
    {
        var page = await host.NewPageAsync();
        await host.ChangeTenantAsync(page.Owner.Slug, new { features = new { multiDomain = true } });
        (await host.AddDomainAsync(page.Owner, page.Snippet, "b.test")).ShouldBe(HttpStatusCode.OK);
        foreach (var origin in new[] { page.Origin, "https://b.test" })
        {
            foreach (var (method, call) in new[] { ("GET", "/session"), ("POST", "/session/touch"), ("OPTIONS", "/sign-in") })
            {
                var answer = await host.FromPageAsync(page, method, call, origin: origin);
                answer.Header("Access-Control-Allow-Origin").ShouldBe(origin);
                answer.Header("Access-Control-Allow-Credentials").ShouldBe("true");
                answer.Header("Vary").ShouldBe("Origin");
                answer.Header("Cache-Control").ShouldBe("no-store");
            }
        }
    }

    [Fact, Trait("Threat", "T55")]
    public async Task Preflight_FromAProvenOrigin_AllowsWhatPagesSendForTwoHours()
    {
        var page = await host.NewPageAsync();
        var answer = await host.FromPageAsync(
            page, "OPTIONS", "/sign-in/second-factor", headers: [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")]);
        answer.ShouldBe(HttpStatusCode.NoContent);
        answer.Header("Access-Control-Allow-Methods").ShouldBe("GET, POST");
        answer.Header("Access-Control-Allow-Headers").ShouldBe("authorization, content-type");
        answer.Header("Access-Control-Max-Age").ShouldBe("7200");
    }

    [Fact, Trait("Threat", "T56")]
    public async Task SessionOfAPage_EverywhereElse_IsRefusedAndLivesOn()
    {
        var page = await host.NewPageAsync();
        await host.ChangeTenantAsync(page.Owner.Slug, new { features = new { multiDomain = true } });
        (await host.AddDomainAsync(page.Owner, page.Snippet, "b.test")).ShouldBe(HttpStatusCode.OK);
        var further = (await host.SendAsync("POST", SnippetCalls.PathOf(page.Owner), new { name = "further" }, page.Owner.Token)).ShouldBe(HttpStatusCode.Created).String("id")!;
        (await host.AddDomainAsync(page.Owner, further, "a.test:9444")).ShouldBe(HttpStatusCode.OK);
        var token = await host.SignInFromPageAsync(page);

        foreach (var (method, path) in new[] { ("GET", "/v1/session"), ("POST", "/v1/session/touch"), ("POST", "/v1/session/validate"), ("GET", "/v1/me"), ("GET", "/v1/me/sessions"), ("GET", SnippetCalls.PathOf(page.Owner)) })
        {
            (await host.SendAsync(method, path, token: token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
            (await host.SendAsync(method, path, cookie: token, headers: ("Sec-Fetch-Site", "same-origin"))).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        }

        (await host.FromPageAsync(page, "GET", "/session", cookie: token, origin: "https://b.test")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.FromPageAsync(page with { Snippet = further }, "GET", "/session", cookie: token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.FromPageAsync(page, "GET", "/session", cookie: page.Owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.FromPageAsync(page, "GET", "/session", cookie: token)).ShouldBe(HttpStatusCode.OK);
        (await host.PeekAsync(page.Owner.Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Peek_WithoutASession_SaysWhetherTheBrowserKeepsCookies()
    {
        var page = await host.NewPageAsync();
        var first = (await host.FromPageAsync(page, "GET", "/session")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        first.Json.GetProperty("cookieKept").GetBoolean().ShouldBeFalse();
        first.Header("Set-Cookie").ShouldBe("__Host-psid-probe=1; Max-Age=600" + CookieAttributes);
        var second = (await host.FromPageAsync(page, "GET", "/session", headers: ("Cookie", "__Host-psid-probe=1"))).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        second.Json.GetProperty("cookieKept").GetBoolean().ShouldBeTrue();
        second.Header("Set-Cookie").ShouldBeNull();
        (await host.FromPageAsync(page, "POST", "/session/touch")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid").Header("Set-Cookie").ShouldBeNull();
    }

    /// <summary>As sign-in without a page does: whose session a cookie is, nobody has said.</summary>
    [Fact, Trait("Threat", "T29")]
    public async Task SignIn_WithALiveCookie_MakesANewSessionAndLeavesTheOtherAlone()
    {
        var page = await host.NewPageAsync();
        var credentials = new { username = "owner", password = page.Owner.Password };
        var first = await host.SignInFromPageAsync(page);
        var second = SnippetCalls.CookieOf((await host.FromPageAsync(page, "POST", "/sign-in", credentials, cookie: first)).ShouldBe(HttpStatusCode.OK));

        second.ShouldNotBe(first);
        var ids = new List<string?>();
        foreach (var cookie in new[] { first, second }) ids.Add((await host.FromPageAsync(page, "GET", "/session", cookie: cookie)).ShouldBe(HttpStatusCode.OK).String("id"));
        ids.ShouldBeUnique();

        // Nothing reaches the first any more: it ends by its idle clock, or by its owner who sees it in the list.
        (await host.SendAsync("GET", "/v1/me/sessions", token: page.Owner.Token)).Items.Select(item => item.GetProperty("id").GetString()).ShouldContain(ids[0]);
        (await host.SendAsync("DELETE", $"/v1/me/sessions/{ids[0]}", token: page.Owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.FromPageAsync(page, "GET", "/session", cookie: first)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.FromPageAsync(page, "GET", "/session", cookie: second)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Get_ThroughTheTenantsOwnHost_IsOfThatOrigin()
    {
        var page = await host.NewPageAsync("shop.test");
        var cookie = await host.SignInFromPageAsync(page);
        (string, string)[] sameOrigin = [("Host", "shop.test"), ("Sec-Fetch-Site", "same-origin")];
        (await host.FromPageAsync(page, "GET", "/session", cookie: cookie, origin: "", headers: sameOrigin)).ShouldBe(HttpStatusCode.OK);
        (await host.FromPageAsync(page, "GET", "/session", cookie: cookie, origin: "", headers: ("Host", "shop.test"))).ShouldBeProblem(HttpStatusCode.Forbidden, "origin_not_allowed");
        (await host.FromPageAsync(page, "GET", "/session", cookie: cookie, origin: "", headers: [("Host", "other.test"), ("Sec-Fetch-Site", "same-origin")])).ShouldBeProblem(HttpStatusCode.Forbidden, "origin_not_allowed");
        (await host.FromPageAsync(page, "POST", "/session/touch", cookie: cookie, origin: "", headers: sameOrigin)).ShouldBeProblem(HttpStatusCode.Forbidden, "origin_not_allowed");
    }

    [Fact, Trait("Threat", "T40")]
    public async Task RevokedSessionsIdleAndRemovedDomain_HoldForThePagesNextCall()
    {
        var page = await host.NewPageAsync();
        var cookie = await host.SignInFromPageAsync(page);
        (await host.SendAsync("DELETE", $"/v1/tenants/{page.Owner.Slug}/sessions", token: page.Owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        (await host.FromPageAsync(page, "GET", "/session", cookie: cookie)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");

        var owner = await host.SignInAsync(page.Owner);
        cookie = await host.SignInFromPageAsync(page);
        (await host.SendAsync("DELETE", $"{SnippetCalls.PathOf(page.Owner)}/{page.Snippet}/domains/{Uri.EscapeDataString("a.test:9444")}", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.FromPageAsync(page, "GET", "/session", cookie: cookie)).ShouldBeProblem(HttpStatusCode.Forbidden, "origin_not_allowed");

        (await host.AddDomainAsync(page.Owner with { Token = owner.Token }, page.Snippet, "a.test:9444")).ShouldBe(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromMinutes(29));
        (await host.FromPageAsync(page, "GET", "/session", cookie: cookie)).ShouldBe(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await host.FromPageAsync(page, "GET", "/session", cookie: cookie)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact, Trait("Threat", "T20")]
    public async Task SignIn_WrongBodies_AreNamed()
    {
        var page = await host.NewPageAsync();
        (await host.FromPageAsync(page, "POST", "/sign-in", new { username = "owner" })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.Single().Pointer.ShouldBe("/password");
        (await host.FromPageAsync(page, "POST", "/sign-in", new { tenant = "acme", username = "owner", password = "x" })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await host.FromPageAsync(page, "GET", "/session?x=1")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await host.FromPageAsync(page, "POST", "/sign-in", new { username = "owner", password = "Wrong-Harbour-71" })).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
    }

    [Fact, Trait("Threat", "T29")]
    public async Task Refused_GenuineTokenElsewhere_IsInTheAccessLogOnceWithItsReason()
    {
        var page = await host.NewPageAsync();
        var token = await host.SignInFromPageAsync(page);
        for (var i = 0; i < 3; i++) (await host.PeekAsync(token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        await host.Service<DeniedRequestAuditor>().FlushAsync(default);
        var told = await host.SendAsync("GET", $"/v1/tenants/{page.Owner.Slug}/audit-events?action=session.refused", token: page.Owner.Token);
        told.Items.Single().GetProperty("reason").GetString().ShouldBe("origin_not_allowed");
    }
}
