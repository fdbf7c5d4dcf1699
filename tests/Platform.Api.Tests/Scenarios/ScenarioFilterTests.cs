namespace Platform.Api.Tests.Scenarios;

public sealed class ScenarioFilterTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task List_EachFilter_ShowsThoseForWhichItHolds()
    {
        var owner = await host.NewTenantAsync();
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        var spring = await CreateAsync(owner, "Spring SALE", "scenario");
        await CreateAsync(owner, "Straße", "personalization");
        var hidden = await CreateAsync(owner, "Spring, hidden", "scenario");
        (await host.SendAsync("PUT", $"{PathOf(owner)}/{hidden}/grants/{viewer.Id}", new { permissions = Array.Empty<string>() }, owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("POST", $"{PathOf(owner)}/{spring}/start", token: owner.Token)).ShouldBe(HttpStatusCode.OK);

        (await NamesAsync(owner, "")).ShouldBe(["Spring, hidden", "Straße", "Spring SALE"]);
        (await NamesAsync(owner, "?q=spring")).ShouldBe(["Spring, hidden", "Spring SALE"]);
        (await NamesAsync(owner, "?q=STRAẞE")).ShouldBe(["Straße"], "compared by case folding");
        (await NamesAsync(owner, "?q=%25")).ShouldBeEmpty("a text, not a pattern");
        (await NamesAsync(owner, "?status=running")).ShouldBe(["Spring SALE"]);
        (await NamesAsync(owner, "?status=paused&kind=scenario")).ShouldBe(["Spring, hidden"]);
        (await NamesAsync(owner, "?kind=personalization")).ShouldBe(["Straße"]);
        (await NamesAsync(owner, "?q=s&limit=1")).Count.ShouldBe(1);
        (await NamesAsync(viewer, "?q=spring")).ShouldBe(["Spring SALE"], "what a grant hides no filter shows");
    }

    [Theory]
    [InlineData("status=runing", "?status", "invalid_status", "Did you mean running?")]
    [InlineData("kind=Scenario", "?kind", "invalid_kind", "Did you mean scenario?")]
    [InlineData("q=", "?q", "invalid_q", "given once")]
    [InlineData("q=%20", "?q", "invalid_q", "a part of a name")]
    [InlineData("state=running", "?state", "unknown_parameter", "Did you mean status?")]
    public async Task List_FilterThatIsNotUnderstood_IsRefusedWithTheNearestName(string query, string pointer, string code, string detail)
    {
        var owner = await host.NewTenantAsync();

        var refused = (await host.SendAsync("GET", $"{PathOf(owner)}?{query}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");

        refused.Errors.ShouldBe([(pointer, code)]);
        refused.Text.ShouldContain(detail);
    }

    [Fact]
    public async Task List_CursorOfAnotherFilter_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        for (var i = 0; i < 2; i++) await CreateAsync(owner, $"Spring {i}", "scenario");
        var cursor = Uri.EscapeDataString((await host.SendAsync("GET", $"{PathOf(owner)}?kind=scenario&limit=1", token: owner.Token)).String("nextCursor")!);

        (await host.SendAsync("GET", $"{PathOf(owner)}?kind=personalization&limit=1&cursor={cursor}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await host.SendAsync("GET", $"{PathOf(owner)}?kind=scenario&limit=1&cursor={cursor}", token: owner.Token)).Items.ShouldHaveSingleItem();
    }

    private static string PathOf(TestUser owner) => $"/v1/tenants/{owner.Slug}/scenarios";

    private async Task<string> CreateAsync(TestUser owner, string name, string kind)
    {
        // Ids of one millisecond are in no order.
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        return (await host.SendAsync("POST", PathOf(owner), new { name, kind, content = new { } }, owner.Token)).ShouldBe(HttpStatusCode.Created).String("id")!;
    }

    private async Task<IReadOnlyList<string?>> NamesAsync(TestUser user, string query) =>
        [.. (await host.SendAsync("GET", PathOf(user) + query, token: user.Token)).ShouldBe(HttpStatusCode.OK).Items.Select(scenario => scenario.GetProperty("name").GetString())];
}
