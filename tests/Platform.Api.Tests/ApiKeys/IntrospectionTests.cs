using System.Collections.Concurrent;
using System.Diagnostics;
using Platform.Api.Tests.Tokens;
using Platform.Storage;

namespace Platform.Api.Tests.ApiKeys;

public sealed class IntrospectionTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string NotActive = "{\"active\":false}";

    [Fact]
    public async Task Introspect_LiveSession_ReturnsItsOwner()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        var session = (await host.PeekAsync(owner.Token)).Json;

        var answer = (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBe(HttpStatusCode.OK);

        answer.Json.EnumerateObject().Select(member => member.Name).ShouldBe(["active", "sub", "tenant", "sid", "username", "exp", "iat", "scope", "iss", "client_id", "token_type", "auth_time", "amr"]);
        answer.Json.GetProperty("active").GetBoolean().ShouldBeTrue();
        (answer.String("sub"), answer.String("tenant"), answer.String("sid"), answer.String("username")).ShouldBe((owner.Id, owner.TenantId, session.GetProperty("id").GetString(), "owner"));
        answer.Json.GetProperty("exp").GetInt64().ShouldBe(session.GetProperty("idleExpiresAt").GetDateTimeOffset().ToUnixTimeSeconds());
        answer.Json.GetProperty("iat").GetInt64().ShouldBe(session.GetProperty("createdAt").GetDateTimeOffset().ToUnixTimeSeconds());
        (answer.String("scope"), answer.String("iss"), answer.String("client_id"), answer.String("token_type"))
            .ShouldBe(("manage-users collaborate edit read", host.Address.GetLeftPart(UriPartial.Authority), owner.TenantId, "Bearer"));
        answer.Json.GetProperty("auth_time").GetInt64().ShouldBe(answer.Json.GetProperty("iat").GetInt64());
        answer.Json.GetProperty("amr").EnumerateArray().Select(method => method.GetString()).ShouldBe(["pwd"]);
        answer.Header("Cache-Control").ShouldBe("no-store");
        answer.ContentType.ShouldBe("application/json");
        answer.Header("RateLimit").ShouldBeNull("limits are off in this host");
    }

    [Fact]
    [Trait("Threat", "T56")]
    public async Task Introspect_SessionOfAPage_ReturnsItsOriginAndSnippet()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        var snippet = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/snippets", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items[0].GetProperty("id").GetString();
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/snippets/{snippet}/domains/shop.test:9000", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        (string, string) page = ("Origin", "https://shop.test:9000");
        var signedIn = await host.SendAsync("POST", $"/v1/snippets/{snippet}/sign-in", new { username = owner.Username, password = owner.Password, transport = "token" }, headers: page);
        var token = signedIn.ShouldBe(HttpStatusCode.OK).String("token")!;

        var answer = (await host.IntrospectAsync(key.Text, token)).ShouldBe(HttpStatusCode.OK);
        var batch = (await host.IntrospectAsync(key.Text, [owner.Token, token])).ShouldBe(HttpStatusCode.OK).Json.GetProperty("results");

        answer.Json.EnumerateObject().Select(member => member.Name).ShouldBe(["active", "sub", "tenant", "sid", "username", "exp", "iat", "scope", "iss", "client_id", "token_type", "auth_time", "amr", "origin", "snippet"]);
        (answer.String("sub"), answer.String("origin"), answer.String("snippet")).ShouldBe((owner.Id, "https://shop.test:9000", snippet));
        answer.String("client_id").ShouldBe(snippet, "the page asked for the token through it");
        batch[0].TryGetProperty("origin", out _).ShouldBeFalse("it was not opened from a page");
        batch[1].GetProperty("origin").GetString().ShouldBe("https://shop.test:9000");

        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/snippets/{snippet}/domains/shop.test:9000", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.IntrospectAsync(key.Text, token)).Text.ShouldBe(NotActive, "its domain is the snippet's no longer");
    }

    [Fact]
    public async Task Introspect_AfterAChangeOfRights_ScopeIsWhatTheUserMayNow()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        var user = await host.NewUserAsync(owner, "vera", "viewer");
        (await host.IntrospectAsync(key.Text, user.Token)).String("scope").ShouldBe("read");

        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{user.Id}/permissions", new { permissions = new[] { "read", "edit" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.IntrospectAsync(key.Text, user.Token)).String("scope").ShouldBe("edit read");
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{user.Id}/permissions", new { permissions = Array.Empty<string>() }, owner.Token)).ShouldBe(HttpStatusCode.OK);

        var none = (await host.IntrospectAsync(key.Text, user.Token)).ShouldBe(HttpStatusCode.OK).Json;
        none.GetProperty("active").GetBoolean().ShouldBeTrue();
        none.TryGetProperty("scope", out _).ShouldBeFalse("RFC 6749 knows no empty scope");
    }

    [Fact]
    [Trait("Threat", "T38")]
    public async Task Introspect_HoweverOften_ExtendsNothing()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        var session = await host.SignInAsync(owner);
        for (var minute = 0; minute < 29; minute++)
        {
            host.Time.Advance(TimeSpan.FromMinutes(1));
            (await host.IntrospectAsync(key.Text, session.Token)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
            (await host.IntrospectAsync(key.Text, [session.Token])).ShouldBe(HttpStatusCode.OK);
        }

        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await host.IntrospectAsync(key.Text, session.Token)).Text.ShouldBe(NotActive);
    }

    [Fact]
    [Trait("Threat", "T49"), Trait("Threat", "T44")]
    public async Task Introspect_SessionOfAnotherTenantOrNone_IsExactlyNotActive()
    {
        var (owner, stranger) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var key = await host.NewKeyAsync(owner, "introspect");
        var signedOut = await host.SignInAsync(owner);
        await host.SignOutAsync(signedOut.Token);
        string[] tokens = [stranger.Token, await host.OperatorTokenAsync(), signedOut.Token, owner.Token[..^1] + (owner.Token[^1] == 'A' ? 'B' : 'A'), "x", signedOut.Id, new string('x', 5_000)];

        foreach (var token in tokens) (await host.IntrospectAsync(key.Text, token)).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(NotActive);
        (await host.IntrospectAsync(key.Text, tokens)).Text.ShouldBe($"{{\"results\":[{string.Join(',', tokens.Select(_ => NotActive))}]}}");
        (await host.ValidateAsync(stranger.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    [Trait("Threat", "T49")]
    public async Task Introspect_KeyWithoutTheScope_Is403()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "read", "audit");

        (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.IntrospectAsync(key.Text, [owner.Token])).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory]
    [InlineData("", "application/x-www-form-urlencoded", HttpStatusCode.BadRequest)]
    [InlineData("token=", "application/x-www-form-urlencoded", HttpStatusCode.BadRequest)]
    [InlineData("token=a&token=b", "application/x-www-form-urlencoded", HttpStatusCode.BadRequest)]
    [InlineData("Token=a", "application/x-www-form-urlencoded", HttpStatusCode.BadRequest)]
    [InlineData("a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&o=1&p=1&q=1&token=x", "application/x-www-form-urlencoded", HttpStatusCode.BadRequest)]
    [InlineData("{\"token\":\"a\"}", "application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("token=a", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("token=a&token_type_hint=access_token", "application/x-www-form-urlencoded", HttpStatusCode.OK)]
    [Trait("Threat", "T90")]
    public async Task Introspect_Form_IsReadStrictly(string body, string type, HttpStatusCode status)
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        using var content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type));

        (await host.SendAsync("POST", "/v1/introspect", content, key.Text)).Status.ShouldBe(status);
    }

    [Fact]
    [Trait("Threat", "T65")]
    public async Task Introspect_FormTooLarge_Is413()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");

        (await host.IntrospectAsync(key.Text, new string('x', 65 * 1024))).ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Fact]
    [Trait("Threat", "T49"), Trait("Threat", "T65")]
    public async Task Batch_ThousandTokensInOrder_OneMoreIs400()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        var sessions = new List<SignedIn>();
        for (var i = 0; i < 3; i++) sessions.Add(await host.SignInAsync(owner));
        var tokens = Enumerable.Range(0, 1_000).Select(i => i % 4 == 3 ? owner.Token[..^8] + "AAAAAAAA" : sessions[i % 4].Token).ToArray();

        var results = (await host.IntrospectAsync(key.Text, tokens)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("results").EnumerateArray().ToArray();

        results.Select(result => result.TryGetProperty("sid", out var sid) ? sid.GetString() : null)
            .ShouldBe(Enumerable.Range(0, 1_000).Select(i => i % 4 == 3 ? null : sessions[i % 4].Id));
        (await host.IntrospectAsync(key.Text, [.. tokens, owner.Token])).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/tokens", "too_many")]);
        (await host.IntrospectAsync(key.Text, [])).Text.ShouldBe("{\"results\":[]}");
        (await host.IntrospectAsync(key.Text, [owner.Token, null])).Errors.ShouldBe([("/tokens/1", "wrong_type")]);
        (await host.SendAsync("POST", "/v1/introspect/batch", new { tokens = "x" }, key.Text)).Errors.ShouldBe([("/tokens", "wrong_type")]);
        (await host.SendAsync("POST", "/v1/introspect/batch", new { tokens = new[] { new string('x', 200_000) } }, key.Text)).ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    /// <summary>The budget of the hot path: a warm key and a warm session touch no storage.</summary>
    [Fact]
    public async Task Introspect_WarmKeyAndSession_MakesNoDatabaseCall()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        await host.IntrospectAsync(key.Text, owner.Token);
        var stored = new ConcurrentBag<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.Source.Name == StorageTelemetry.SourceName) stored.Add(activity.TraceId.ToHexString());
            },
        };
        ActivitySource.AddActivityListener(listener);
        var (cold, warm) = (ActivityTraceId.CreateRandom().ToHexString(), ActivityTraceId.CreateRandom().ToHexString());

        await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/api-keys", token: owner.Token, headers: ("traceparent", $"00-{cold}-0123456789abcdef-01"));
        for (var i = 0; i < 200; i++)
        {
            (await host.SendAsync("POST", "/v1/introspect", ApiKeyCalls.Form($"token={owner.Token}"), key.Text, headers: ("traceparent", $"00-{warm}-0123456789abcdef-01"))).ShouldBe(HttpStatusCode.OK);
        }

        stored.ShouldContain(cold, "the search finds what is there");
        stored.ShouldNotContain(warm);
    }

    [Fact]
    [Trait("Threat", "T33")]
    public async Task MadeUpKeys_WithTheRightChecksum_ActivateNothing()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        await host.IntrospectAsync(key.Text, owner.Token);
        var management = host.Grains.GetGrain<IManagementGrain>(0);
        var activations = await management.GetTotalActivationCount();

        await Parallel.ForAsync(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
            (await host.IntrospectAsync(ApiKeyTextTests.MadeUp(), owner.Token)).ShouldBe(HttpStatusCode.Unauthorized));

        (await management.GetTotalActivationCount()).ShouldBeLessThanOrEqualTo(activations);
        (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBe(HttpStatusCode.OK);
    }
}
