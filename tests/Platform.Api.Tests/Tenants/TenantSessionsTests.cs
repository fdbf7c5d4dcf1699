namespace Platform.Api.Tests.Tenants;

/// <summary>What a tenant decides about its sessions holds for the very next call of each.</summary>
public sealed class TenantSessionsTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    [Trait("Threat", "T40")]
    public async Task RevokeAllSessions_EndsEverySessionOfTheTenantAndNoOther()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var stranger = await host.NewTenantAsync();

        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/sessions", token: bob.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.ValidateAsync(bob.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/sessions", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);

        foreach (var user in new[] { owner, bob })
        {
            (await host.ValidateAsync(user.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
            (await host.TouchAsync(user.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        }

        (await host.ValidateAsync(stranger.Token)).ShouldBe(HttpStatusCode.NoContent);
        var again = await host.SignInAsync(owner);
        (await host.ValidateAsync(again.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("GET", "/v1/me/sessions", token: again.Token)).Items
            .Select(session => (session.GetProperty("state").GetString(), session.GetProperty("reason").GetString()))
            .ShouldBe([("live", null), ("ended", "tenant_revoked")], ignoreOrder: true);
    }

    [Fact]
    [Trait("Threat", "T40")]
    public async Task Suspend_RefusesEverySessionAtOnce()
    {
        var owner = await host.NewTenantAsync();

        (await host.ChangeTenantAsync(owner.Slug, new { status = "suspended" })).ShouldBe(HttpStatusCode.OK);

        (await host.ValidateAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact]
    [Trait("Threat", "T40")]
    public async Task Policy_Shortened_EndsAnOlderSessionByTheNewRule()
    {
        // Its clock is moved: a host of its own.
        await using var alone = await new PlatformHost().StartedAsync();
        var owner = await alone.NewTenantAsync();
        var bob = await alone.NewUserAsync(owner, "bob", "viewer");
        alone.Time.Advance(TimeSpan.FromMinutes(10));

        (await alone.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { sessionPolicy = new { idleTimeout = "PT10M" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);

        (await alone.ValidateAsync(bob.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        var session = (await alone.PeekAsync(owner.Token)).ShouldBe(HttpStatusCode.OK).Json;
        (session.GetProperty("idleExpiresAt").GetDateTimeOffset() - session.GetProperty("lastActivityAt").GetDateTimeOffset()).ShouldBe(TimeSpan.FromMinutes(10));
    }
}
