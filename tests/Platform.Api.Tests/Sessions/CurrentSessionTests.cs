using Platform.Sessions;

namespace Platform.Api.Tests.Sessions;

public sealed class CurrentSessionTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    [Fact]
    public async Task Peek_OfALiveSession_ChangesNoClock()
    {
        var owner = await host.NewTenantAsync();
        var before = (await host.PeekAsync(owner.Token)).ShouldBe(HttpStatusCode.OK).String("idleExpiresAt");
        host.Time.Advance(TimeSpan.FromMinutes(1));

        var after = await host.PeekAsync(owner.Token);

        after.String("idleExpiresAt").ShouldBe(before);
        after.Header("Cache-Control").ShouldBe("no-store");
    }

    [Fact]
    public async Task Touch_OfALiveSession_ExtendsTheIdleClockOnly()
    {
        var owner = await host.NewTenantAsync();
        var before = await host.PeekAsync(owner.Token);
        host.Time.Advance(TimeSpan.FromMinutes(10));

        var after = (await host.TouchAsync(owner.Token)).ShouldBe(HttpStatusCode.OK);

        (after.Json.GetProperty("idleExpiresAt").GetDateTimeOffset() - before.Json.GetProperty("idleExpiresAt").GetDateTimeOffset())
            .ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(10));
        after.String("absoluteExpiresAt").ShouldBe(before.String("absoluteExpiresAt"));
    }

    [Fact]
    public async Task AnyOtherCall_CountsAsActivity()
    {
        var owner = await host.NewTenantAsync();
        host.Time.Advance(TimeSpan.FromMinutes(29));

        (await host.SendAsync("GET", "/v1/me", token: owner.Token)).ShouldBe(HttpStatusCode.OK);

        host.Time.Advance(TimeSpan.FromMinutes(29));
        (await host.PeekAsync(owner.Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Validate_OfALiveSession_Is204WithoutBody()
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.ValidateAsync(owner.Token);

        answer.ShouldBe(HttpStatusCode.NoContent);
        answer.Text.ShouldBeEmpty();
        answer.Header("Cache-Control").ShouldBe("no-store");
    }

    [Fact]
    [Trait("Threat", "T38")]
    public async Task Idle_AtTheLimit_RefusesAlthoughPeeked()
    {
        var owner = await host.NewTenantAsync();
        for (var minute = 0; minute < 29; minute++)
        {
            host.Time.Advance(TimeSpan.FromMinutes(1));
            (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        }

        host.Time.Advance(Idle - TimeSpan.FromMinutes(29));

        (await host.ValidateAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid").Header("WWW-Authenticate").ShouldBe("Bearer");
        (await host.TouchAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        host.Time.StepBack(TimeSpan.FromMinutes(20));
        (await host.PeekAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact]
    [Trait("Threat", "T38")]
    public async Task Absolute_AtTheLimit_RefusesAlthoughTouched()
    {
        var owner = await host.NewTenantAsync();
        for (var step = 0; step < 71; step++)
        {
            host.Time.Advance(TimeSpan.FromMinutes(20));
            (await host.TouchAsync(owner.Token)).ShouldBe(HttpStatusCode.OK);
        }

        host.Time.Advance(TimeSpan.FromMinutes(20));

        (await host.TouchAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact]
    [Trait("Threat", "T31")]
    public async Task SignOut_OfALiveSession_RefusesItFromThenOnAndClearsTheClient()
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.SendAsync("POST", "/v1/sign-out", cookie: owner.Token);

        answer.ShouldBe(HttpStatusCode.NoContent);
        answer.Header("Set-Cookie").ShouldBe("__Host-sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; Secure; HttpOnly; SameSite=Lax");
        answer.Header("Clear-Site-Data").ShouldBe("\"cookies\", \"storage\"");
        answer.Header("Cache-Control").ShouldBe("no-store");
        (await host.PeekAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SignOutAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    public async Task SignOut_WithoutALiveSession_Is204Too(string? token)
    {
        var answer = await host.SignOutAsync(token);

        answer.ShouldBe(HttpStatusCode.NoContent);
        answer.Header("Clear-Site-Data").ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T42")]
    public async Task SessionId_AsTokenOrCookie_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        var id = (await host.PeekAsync(owner.Token)).String("id")!;

        (await host.PeekAsync(id)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", "/v1/session", cookie: id)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact]
    public async Task BearerAndCookie_BothPresent_TheBearerCounts()
    {
        var owner = await host.NewTenantAsync();

        (await host.SendAsync("GET", "/v1/session", token: owner.Token, cookie: "nonsense")).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", "/v1/session", token: "nonsense", cookie: owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact]
    [Trait("Threat", "T48")]
    public async Task IdentityHeaders_OfAnySort_ChangeNothing()
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.SendAsync(
            "GET", "/v1/session", null, owner.Token, null, ("X-User-Id", "usr_x"), ("X-Tenant", "platform"), ("X-Original-URL", "/v1/operator/tenants"), ("X-Forwarded-User", "operator"));

        answer.String("userId").ShouldBe(owner.Id);
        (await host.SendAsync("GET", "/v1/me", null, null, null, ("X-User-Id", owner.Id))).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact]
    [Trait("Threat", "T34")]
    public async Task DeadToken_Replayed_ActivatesItsGrainOnce()
    {
        var owner = await host.NewTenantAsync();
        await host.SignOutAsync(owner.Token);
        await host.ValidateAsync(owner.Token);
        var id = host.Service<LiveSessions>().Count;
        var before = await host.Grains.GetGrain<IManagementGrain>(0).GetTotalActivationCount();

        for (var i = 0; i < 2_000; i++) (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);

        (await host.Grains.GetGrain<IManagementGrain>(0).GetTotalActivationCount()).ShouldBeLessThanOrEqualTo(before);
        host.Service<LiveSessions>().Count.ShouldBe(id);
    }

    [Fact]
    public async Task Restart_OfThePlatform_KeepsSessionsAndRefusals()
    {
        await using var restarting = await new PlatformHost().StartedAsync();
        var owner = await restarting.NewTenantAsync();
        var gone = await restarting.SignInAsync(owner);
        await restarting.SignOutAsync(gone.Token);

        await restarting.RestartAsync();

        (await restarting.PeekAsync(owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await restarting.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await restarting.PeekAsync(gone.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }
}
