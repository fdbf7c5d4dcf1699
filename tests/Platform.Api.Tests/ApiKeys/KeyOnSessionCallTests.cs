using Platform.Api.Tests.Authorization;
using Platform.Api.Tests.Snippets;

namespace Platform.Api.Tests.ApiKeys;

/// <summary>Every operation of the OpenAPI document that takes a session and no key.</summary>
public sealed class KeyOnSessionCallTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string PageOrigin = "https://a.test";

    /// <summary><c>session_invalid</c> sent people looking for a session that they never had.</summary>
    [Fact, Trait("Threat", "T42")]
    public async Task EveryOperation_WithAnApiKey_SaysSoAndNotWhetherThereIsSuchAKey()
    {
        var walk = new IsolationWalk(host);
        await walk.ReadAsync();
        var owner = await host.NewTenantAsync("enterprise");
        var objects = await walk.MakeObjectsAsync(owner);
        (await host.AddDomainAsync(owner, objects["snippets"], new Uri(PageOrigin).Host)).ShouldBe(HttpStatusCode.OK);
        var (live, gone) = (await host.NewKeyAsync(owner, "introspect", "read", "audit"), await host.NewKeyAsync(owner, "read"));
        (await host.DeleteKeyAsync(owner, gone.Id)).ShouldBe(HttpStatusCode.NoContent);
        var walked = 0;

        foreach (var operation in (await host.ReadOperationsAsync()).Where(TakesSessionsOnly))
        {
            var target = IsolationWalk.Fill(operation.Path, owner.Slug, objects);
            var answer = (await SendAsync(operation, target, live.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
            answer.Header("WWW-Authenticate").ShouldBe("Bearer", $"{operation}");
            foreach (var other in new[] { gone.Text, live.Text[..^1] + (live.Text[^1] == '0' ? '1' : '0'), "platform_sk_", "platform_sk_made-up" })
            {
                (await SendAsync(operation, target, other)).Comparable.ShouldBe(answer.Comparable, $"{operation}");
            }

            foreach (var neither in new[] { "made-up", "Platform_sk_made-up", "pk_live_" + live.Text["platform_sk_".Length..], live.Id })
            {
                (await SendAsync(operation, target, neither)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid").Header("WWW-Authenticate").ShouldBe("Bearer", $"{operation}");
            }

            operation.Json.GetProperty("responses").GetProperty("401").GetProperty("description").GetString().ShouldNotBeNull().ShouldContain("`api_key_not_accepted`", Case.Sensitive, $"{operation}");
            walked++;
        }

        walked.ShouldBeGreaterThanOrEqualTo(50);
        (await host.IntrospectAsync(live.Text, owner.Token)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
    }

    /// <summary>A key counts as bearer only: elsewhere it is a text that is no session.</summary>
    [Fact]
    public async Task Key_InACookieOrBesideASession_IsNotToldFromAnyOtherText()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "read");

        (await host.SendAsync("GET", "/v1/session", cookie: key.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", "/v1/me", cookie: key.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", "/v1/me", token: key.Text, cookie: owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
    }

    /// <summary>Where keys are taken nothing changes.</summary>
    [Fact]
    public async Task Document_OfCallsThatTakeKeys_DoesNotNameTheCode()
    {
        foreach (var operation in (await host.ReadOperationsAsync()).Where(operation => Schemes(operation).Contains("apiKey")))
        {
            operation.Json.GetProperty("responses").GetProperty("401").GetRawText().ShouldNotContain("api_key_not_accepted", Case.Sensitive, $"{operation}");
        }
    }

    private static bool TakesSessionsOnly(ApiOperation operation) => Schemes(operation) is { Length: > 0 } schemes && schemes.Contains("bearer") && !schemes.Contains("apiKey");

    /// <summary>None where the call answers without any.</summary>
    private static string[] Schemes(ApiOperation operation)
    {
        var ways = operation.Json.GetProperty("security").EnumerateArray().Select(one => one.EnumerateObject().Select(scheme => scheme.Name).ToArray()).ToArray();
        return ways.Any(way => way.Length == 0) ? [] : [.. ways.SelectMany(way => way)];
    }

    private Task<Answer> SendAsync(ApiOperation operation, string target, string token) =>
        host.SendAsync(operation.Method, target, token: token, headers: operation.IsForPages ? [("Origin", PageOrigin)] : []);
}
