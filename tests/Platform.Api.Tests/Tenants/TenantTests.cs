namespace Platform.Api.Tests.Tenants;

public sealed class TenantTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Get_ByAnyMember_ShowsTheTenant()
    {
        var owner = await host.NewTenantAsync();
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");

        var answer = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: viewer.Token)).ShouldBe(HttpStatusCode.OK);

        answer.String("id").ShouldBe(owner.TenantId);
        answer.String("edition").ShouldBe("standard");
        answer.Json.GetProperty("sessionPolicy").GetProperty("idleTimeout").GetString().ShouldBe("PT30M");
        answer.Json.GetProperty("features").GetProperty("twoFactor").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Change_OfThePolicy_HoldsForNewSessionsAndLeavesTheRest()
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { name = "Renamed", sessionPolicy = new { idleTimeout = "PT5M" } }, owner.Token);

        answer.ShouldBe(HttpStatusCode.OK).String("name").ShouldBe("Renamed");
        answer.Json.GetProperty("sessionPolicy").GetProperty("absoluteTimeout").GetString().ShouldBe("P1D");
        var session = (await host.SignInAsync(owner)).Session;
        (session.GetProperty("idleExpiresAt").GetDateTimeOffset() - session.GetProperty("createdAt").GetDateTimeOffset()).ShouldBe(TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData("PT59S", "out_of_range")]
    [InlineData("P2D", "out_of_range")]
    [InlineData("30 minutes", "wrong_type")]
    [InlineData("P1M", "wrong_type")]
    [InlineData("00:30:00", "wrong_type")]
    public async Task Change_OfThePolicyOutOfBounds_NamesIt(string idleTimeout, string code)
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { sessionPolicy = new { idleTimeout } }, owner.Token);

        answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldContain(("/sessionPolicy/idleTimeout", code));
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task Change_OfWhatOnlyOperatorsChange_IsRefusedAndChangesNothing()
    {
        var owner = await host.NewTenantAsync();

        var refused = await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { edition = "enterprise", features = new { twoFactor = true }, status = "suspended" }, owner.Token);

        refused.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/edition", "unknown_member"), ("/features", "unknown_member"), ("/status", "unknown_member")]);
        var answer = await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: owner.Token);
        answer.String("edition").ShouldBe("standard");
        answer.String("status").ShouldBe("active");
        answer.Json.GetProperty("features").GetProperty("twoFactor").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Change_ByAViewer_IsForbidden()
    {
        var owner = await host.NewTenantAsync();
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");

        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { name = "X" }, viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task ReadIsNotNeeded_ToGetForbiddenRatherThanNotFound()
    {
        var owner = await host.NewTenantAsync();
        var nobody = await host.NewUserAsync(owner, "nobody", "viewer");
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{nobody.Id}/permissions", new { permissions = Array.Empty<string>() }, owner.Token)).ShouldBe(HttpStatusCode.OK);

        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: nobody.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users", token: nobody.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("GET", "/v1/me", token: nobody.Token)).ShouldBe(HttpStatusCode.OK);
    }
}
