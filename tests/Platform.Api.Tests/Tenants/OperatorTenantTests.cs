namespace Platform.Api.Tests.Tenants;

public sealed class OperatorTenantTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Create_ByAnOperator_Is201AndItsOwnerSignsIn()
    {
        var slug = PlatformHostCalls.NewSlug();

        var answer = await CreateAsync(slug, "enterprise");

        answer.ShouldBe(HttpStatusCode.Created).String("slug").ShouldBe(slug);
        answer.Message.Headers.Location!.ToString().ShouldBe($"/v1/operator/tenants/{answer.String("id")}");
        answer.String("edition").ShouldBe("enterprise");
        answer.String("id")!.ShouldMatch("^ten_[0-9a-f]{32}$");
        (await host.TrySignInAsync(slug, "owner", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Create_WithATakenSlug_Is409()
    {
        var owner = await host.NewTenantAsync();

        (await CreateAsync(owner.Slug)).ShouldBeProblem(HttpStatusCode.Conflict, "slug_taken");
    }

    [Theory]
    [Trait("Threat", "T47")]
    [InlineData("1")]
    [InlineData("0x1")]
    [InlineData("A-Slug")]
    [InlineData("a/b")]
    [InlineData("a_b")]
    [InlineData("-ab")]
    [InlineData("ab-")]
    public async Task Create_WithAMalformedSlug_NamesIt(string slug) =>
        (await CreateAsync(slug)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.Select(error => error.Pointer).ShouldBe(["/slug"]);

    [Fact]
    public async Task Create_WithFaults_NamesEachWithItsPointer()
    {
        var answer = await host.SendAsync(
            "POST", "/v1/operator/tenants", new { slug = PlatformHostCalls.NewSlug(), edition = "gold", admin = new { username = "owner", password = 1 } }, await host.OperatorTokenAsync());

        answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe(
            [("/name", "missing"), ("/edition", "wrong_type"), ("/admin/email", "missing"), ("/admin/password", "wrong_type")], ignoreOrder: true);
    }

    [Fact]
    public async Task Create_WithAWeakPassword_PointsIntoTheAdmin()
    {
        var answer = await CreateAsync(PlatformHostCalls.NewSlug(), password: "abc");

        answer.ShouldBeProblem(HttpStatusCode.BadRequest, "password_policy").Errors.ShouldAllBe(error => error.Pointer == "/admin/password");
    }

    [Fact]
    public async Task Change_OfEditionAndFeatures_LeavesWhatIsAbsent()
    {
        var owner = await host.NewTenantAsync();

        (await host.ChangeTenantAsync(owner.Slug, new { features = new { twoFactor = true } })).ShouldBe(HttpStatusCode.OK);
        var answer = (await host.ChangeTenantAsync(owner.Slug, new { edition = "enterprise", features = new { ipRules = true } })).ShouldBe(HttpStatusCode.OK);

        answer.Json.GetProperty("features").GetRawText().ShouldBe("{\"twoFactor\":true,\"multiDomain\":false,\"ipRules\":true}");
    }

    [Fact]
    public async Task Change_ToAFeatureThatTheEditionLacks_IsRefused()
    {
        var owner = await host.NewTenantAsync();

        (await host.ChangeTenantAsync(owner.Slug, new { features = new { ipRules = true } })).ShouldBeProblem(HttpStatusCode.Forbidden, "edition_required");
    }

    [Fact]
    public async Task Suspend_KeepsEverybodyOutUntilActiveAgain()
    {
        var owner = await host.NewTenantAsync();

        (await host.ChangeTenantAsync(owner.Slug, new { status = "suspended" })).ShouldBe(HttpStatusCode.OK);
        (await host.TrySignInAsync(owner.Slug, owner.Username, owner.Password)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await host.ChangeTenantAsync(owner.Slug, new { status = "active" })).ShouldBe(HttpStatusCode.OK);

        (await host.TrySignInAsync(owner.Slug, owner.Username, owner.Password)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task List_BySearch_FindsTheBeginningOfSlugOrName()
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.SendAsync("GET", $"/v1/operator/tenants?search={owner.Slug[..12]}", token: await host.OperatorTokenAsync());

        answer.ShouldBe(HttpStatusCode.OK).Items.Select(item => item.GetProperty("slug").GetString()).ShouldBe([owner.Slug]);
        answer.Json.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task OperatorCalls_ByAnybodyElse_AreNotThere()
    {
        var owner = await host.NewTenantAsync();
        var nothing = await host.SendAsync("GET", "/v1/operator/nothing", token: owner.Token);
        (string Method, string Path, object? Body)[] calls =
        [
            ("GET", "/v1/operator/tenants", null), ("POST", "/v1/operator/tenants", new { slug = "x" }), ("POST", "/v1/operator/tenants", "malformed"),
            ("GET", $"/v1/operator/tenants/{owner.Slug}", null), ("PATCH", $"/v1/operator/tenants/{owner.TenantId}", new { edition = "enterprise" }),
        ];
        foreach (var (method, path, body) in calls)
        {
            var answer = await host.SendAsync(method, path, body, owner.Token);

            answer.ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            answer.Comparable.ShouldBe(nothing.Comparable);
        }
    }

    private async Task<Answer> CreateAsync(string slug, string edition = "trial", string password = ApiCalls.Password) => await host.SendAsync(
        "POST",
        "/v1/operator/tenants",
        new { slug, name = "A tenant", edition, admin = new { username = "owner", email = "owner@example.com", password } },
        await host.OperatorTokenAsync());
}
