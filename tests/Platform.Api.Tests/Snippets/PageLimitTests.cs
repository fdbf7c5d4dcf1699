using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Api.RateLimiting;
using Platform.Api.Snippets;

namespace Platform.Api.Tests.Snippets;

/// <summary>On hosts whose limits are on, behind a proxy that says from where a call comes.</summary>
public sealed class PageLimitTests
{
    [Fact]
    public async Task SignIn_AboveTheLimit_IsReadableByThePage()
    {
        await using var own = await new PlatformHost("--Platform:RateLimits:Enabled=true", "--Platform:RateLimits:SignInPerMinute=5").StartedAsync();
        var page = await own.NewPageAsync();
        Answer answer;
        do
        {
            answer = await own.FromPageAsync(page, "POST", "/sign-in", new { username = "nobody", password = "Wrong-Harbour-71" });
        }
        while (answer.Status == HttpStatusCode.Unauthorized);
        answer.ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts");
        answer.Header("Access-Control-Allow-Origin").ShouldBe(page.Origin);
        answer.Header("Access-Control-Expose-Headers").ShouldBe("Retry-After");
        answer.Header("Retry-After").ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T6")]
    public async Task Calls_OfOneAddressThroughOneSnippet_LeaveOtherSnippetsAndOtherAddressesTheirs()
    {
        await using var own = await StartAsync("PageCallsPerMinute=3", "SessionsPerMinute=8", "SnippetCallsPerMinute=1000");
        var (one, other) = (await own.NewPageAsync(), await own.NewPageAsync());
        for (var i = 0; i < 3; i++) (await PeekAsync(own, one, "192.0.2.1")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");

        // Far more than the address has in all.
        for (var i = 0; i < 20; i++) ShouldBeReadable(await PeekAsync(own, one, "192.0.2.1"), one, "\"page\";q=3;w=60");
        (await PeekAsync(own, one, "192.0.2.2")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        for (var i = 0; i < 3; i++) (await PeekAsync(own, other, "192.0.2.1")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");

        own.LimitClock.Advance(TimeSpan.FromSeconds(20));
        (await PeekAsync(own, one, "192.0.2.1")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        ShouldBeReadable(await PeekAsync(own, one, "192.0.2.1"), one, "\"page\";q=3;w=60").Header("Retry-After").ShouldBe("20");
    }

    [Fact, Trait("Threat", "T6")]
    public async Task Calls_OfAnAddressAboveItsLimit_DoNotDrawOnTheSnippet()
    {
        await using var own = await StartAsync("SessionsPerMinute=1", "SnippetCallsPerMinute=2");
        var page = await own.NewPageAsync();
        (await PeekAsync(own, page, "192.0.2.1")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        for (var i = 0; i < 20; i++) ShouldBeReadable(await PeekAsync(own, page, "192.0.2.1"), page, "\"sessions\";q=1;w=60");
        (await PeekAsync(own, page, "192.0.2.2")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact, Trait("Threat", "T6")]
    public async Task Calls_ThroughOneSnippetFromManyAddresses_LeaveOtherSnippetsTheirs()
    {
        await using var own = await StartAsync("SnippetCallsPerMinute=5", "SnippetSignInPerMinute=2");
        var (one, other) = (await own.NewPageAsync(), await own.NewPageAsync());
        for (var i = 1; i <= 5; i++) (await PeekAsync(own, one, $"192.0.2.{i}")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        ShouldBeReadable(await PeekAsync(own, one, "192.0.2.6"), one, "\"snippet\";q=5;w=60");
        ShouldBeReadable(await own.FromPageAsync(one, "OPTIONS", "/session", headers: From("192.0.2.6")), one, "\"snippet\";q=5;w=60");
        (await PeekAsync(own, other, "192.0.2.6")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");

        // Sign-in has a share of its own.
        for (var i = 1; i <= 2; i++) (await SignInAsync(own, one, $"192.0.2.{i}")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        ShouldBeReadable(await SignInAsync(own, one, "192.0.2.6"), one, "\"snippet-sign-in\";q=2;w=60");
        (await SignInAsync(own, other, "192.0.2.6")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
    }

    [Fact, Trait("Threat", "T6")]
    public async Task SignIn_OfOneAddressThroughOneSnippet_LeavesTheAddressSomeForOthers()
    {
        await using var own = await StartAsync("PageSignInPerMinute=2", "SignInPerMinute=5");
        var (one, other) = (await own.NewPageAsync(), await own.NewPageAsync());
        for (var i = 0; i < 2; i++) (await SignInAsync(own, one, "192.0.2.1")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        ShouldBeReadable(await SignInAsync(own, one, "192.0.2.1"), one, "\"page-sign-in\";q=2;w=60");
        var challenge = await own.FromPageAsync(one, "POST", "/sign-in/sms", new { challenge = "x" }, headers: From("192.0.2.1"));
        ShouldBeReadable(challenge, one, "\"page-sign-in\";q=2;w=60");
        (await SignInAsync(own, other, "192.0.2.1")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
    }

    [Fact, Trait("Threat", "T54")]
    public async Task Calls_FromForeignOriginsOrOfNoSnippet_DoNotDrawOnTheSnippet()
    {
        await using var own = await StartAsync("PageCallsPerMinute=2", "SnippetCallsPerMinute=2");
        var page = await own.NewPageAsync();
        for (var i = 0; i < 5; i++)
        {
            (await own.FromPageAsync(page, "GET", "/session", origin: "https://evil.test", headers: From("192.0.2.1"))).ShouldBeProblem(HttpStatusCode.Forbidden, "origin_not_allowed");
            (await own.FromPageAsync(page with { Snippet = SnippetId.New().ToString() }, "GET", "/session", headers: From("192.0.2.1"))).ShouldBeProblem(HttpStatusCode.Forbidden, "origin_not_allowed");
        }

        for (var i = 0; i < 2; i++) (await PeekAsync(own, page, "192.0.2.1")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    private static Task<LimitedHost> StartAsync(params string[] limits) => new LimitedHost(limits).StartedAsync();

    private static (string, string)[] From(string address) => [("X-Forwarded-For", address), ("X-Forwarded-Proto", "https")];

    private static Task<Answer> PeekAsync(PlatformHost host, TestPage page, string address) => host.FromPageAsync(page, "GET", "/session", headers: From(address));

    private static Task<Answer> SignInAsync(PlatformHost host, TestPage page, string address) =>
        host.FromPageAsync(page, "POST", "/sign-in", new { username = "nobody", password = "Wrong-Harbour-71" }, headers: From(address));

    private static Answer ShouldBeReadable(Answer answer, TestPage page, string policy)
    {
        answer.ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts");
        answer.Header("RateLimit-Policy").ShouldBe(policy);
        answer.Header("Retry-After").ShouldNotBeNull();
        answer.Header("Access-Control-Allow-Origin").ShouldBe(page.Origin);
        answer.Header("Access-Control-Expose-Headers").ShouldBe("Retry-After");
        answer.Header("Vary").ShouldBe("Origin");
        return answer;
    }
}

internal sealed class LimitedHost(string[] limits)
    : PlatformHost(["--Platform:RateLimits:Enabled=true", "--Platform:Proxy:TrustedNetworks=127.0.0.1/32", .. limits.Select(limit => "--Platform:RateLimits:" + limit)])
{
    /// <summary>Stands until it is moved; the host's own stopwatch is the machine's.</summary>
    public ManualTimeProvider LimitClock { get; } = new();

    private protected override void ConfigureMore(WebApplicationBuilder builder) =>
        builder.Services.AddSingleton(services => new PageLimits(services.GetRequiredService<IOptions<RateLimitOptions>>(), services.GetRequiredService<RateLimitExchange>(), LimitClock));
}
