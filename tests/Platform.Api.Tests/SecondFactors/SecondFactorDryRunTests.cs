using Platform.Api.Tests.Hosting;

namespace Platform.Api.Tests.SecondFactors;

public sealed class SecondFactorDryRunTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task DryRun_OfATenant_CountsAndNamesWhoHasNoneAndChangesNothing()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var enrolled = await host.NewUserAsync(owner, "erin", "viewer");
        await host.EnrolAsync(enrolled);
        var without = await host.NewUserAsync(owner, "bob", "viewer");
        var disabled = await host.NewUserAsync(owner, "dora", "viewer");
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{disabled.Id}", new { status = "disabled" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users", new { username = "ivy", email = "ivy@example.com", role = "viewer" }, owner.Token)).ShouldBe(HttpStatusCode.Created);

        var found = (await TryAsync(owner)).ShouldBe(HttpStatusCode.OK).Json;

        (found.GetProperty("activeUsers").GetInt64(), found.GetProperty("without").GetInt64(), found.GetProperty("notKnown").GetInt64()).ShouldBe((3, 2, 0));
        found.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("id").GetString()).ShouldBe([owner.Id, without.Id], ignoreOrder: true);
        var listed = (await host.SendAsync("GET", found.GetProperty("list").GetString()!, token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items;
        listed.Select(user => user.GetProperty("id").GetString()).ShouldBe([owner.Id, without.Id], ignoreOrder: true);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("requireSecondFactor").GetBoolean().ShouldBeFalse();
        (await host.SendAsync("GET", "/v1/me", token: without.Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task DryRun_OfMoreThanAPage_CountsAllAndNamesTheFirst()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        for (var i = 0; i < 50; i++)
        {
            var made = await host.SendAsync(
                "POST", $"/v1/tenants/{owner.Slug}/users", new { username = $"user{i}", email = "u@example.com", password = ApiCalls.Password, role = "viewer" }, owner.Token);
            made.ShouldBe(HttpStatusCode.Created);
        }

        var found = (await TryAsync(owner)).ShouldBe(HttpStatusCode.OK).Json;

        (found.GetProperty("without").GetInt64(), found.GetProperty("users").GetArrayLength()).ShouldBe((51, 50));
    }

    [Fact, Trait("Threat", "T44")]
    public async Task DryRun_ByWhoMayNot_IsRefused()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var vera = await host.NewUserAsync(owner, "vera", "editor");
        var stranger = await host.NewTwoFactorTenantAsync();

        (await TryAsync(vera)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await TryAsync(owner with { Token = stranger.Token })).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await TryAsync(owner with { Token = "x" })).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact]
    public async Task DryRun_WithoutTheFeature_SaysWhatIsMissing() => (await TryAsync(await host.NewTenantAsync())).ShouldBeProblem(HttpStatusCode.Forbidden, "feature_required");

    private Task<Answer> TryAsync(TestUser user) => host.SendAsync("POST", $"/v1/tenants/{user.Slug}/second-factor/dry-run", token: user.Token);
}
