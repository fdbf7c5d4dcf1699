using Platform.Api.Tests.Support;

namespace Platform.Api.Tests.Backups;

/// <summary>Whoever has no business with the backups learns nothing of them, and makes none.</summary>
public sealed class BackupStrangersTests(BackupHost host) : IClassFixture<BackupHost>
{
    private static readonly string[] Methods = ["GET", "POST"];

    [Fact, Trait("Threat", "T44"), Trait("Threat", "T79")]
    public async Task Calls_ByPeopleOfTenants_AreAnsweredAsIfThereWereNone()
    {
        var owner = await host.NewTenantAsync("enterprise");
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        var nobody = await StaffAsync("nobody");
        foreach (var method in Methods)
        {
            foreach (var user in (TestUser[])[owner, viewer, nobody])
            {
                var refused = (await host.SendAsync(method, "/v1/operator/backups", token: user.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
                refused.Comparable.ShouldBe((await host.SendAsync(method, "/v1/operator/nothing", token: user.Token)).Comparable);
                (await host.SendAsync(method, "/v1/operator/backups", token: user.Token, headers: ("Idempotency-Key", "guess"))).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Text.ShouldNotContain(host.Target);
            }

            (await host.SendAsync(method, "/v1/operator/backups")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
            (await host.SendAsync(method, "/v1/operator/backups", token: owner.Token[..^4] + "AAAA")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        }

        await ShouldHaveMadeNoneAsync();
    }

    [Fact, Trait("Threat", "T46")]
    public async Task Calls_ByApiKeys_AreRefused()
    {
        var first = await host.SignInAsync("platform", "operator", PlatformHost.OperatorPassword);
        var staff = new TestUser("", "platform", first.Session.GetProperty("userId").GetString()!, "operator", PlatformHost.OperatorPassword, first.Token);
        var owner = await host.NewTenantAsync();
        foreach (var maker in (TestUser[])[staff, owner])
        {
            var key = (await host.NewKeyAsync(maker, "introspect", "read", "audit", "users")).Text;
            foreach (var method in Methods) (await host.SendAsync(method, "/v1/operator/backups", token: key)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
        }

        await ShouldHaveMadeNoneAsync();
    }

    /// <summary>Whoever may read in the operators' tenant looks; only operators act.</summary>
    [Fact, Trait("Threat", "T46")]
    public async Task Calls_ByAReaderOfTheOperatorsTenant_LookAndMakeNone()
    {
        var reader = await StaffAsync("auditor", "read");

        (await host.SendAsync("GET", "/v1/operator/backups", token: reader.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("schedule").GetProperty("folder").GetString().ShouldBe(host.Target);
        (await host.SendAsync("POST", "/v1/operator/backups", token: reader.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("POST", "/v1/operator/backups", token: reader.Token, headers: ("Idempotency-Key", "read-only"))).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("GET", "/v1/operator/tenants", token: reader.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await ShouldHaveMadeNoneAsync();
    }

    /// <summary>A grant opens a tenant to an operator, and nothing of the platform to that tenant.</summary>
    [Fact, Trait("Threat", "T44")]
    public async Task Calls_WithASupportGrant_OpenNothingToTheTenant()
    {
        var owner = await host.NewTenantAsync();
        var staff = await host.NewOperatorAsync();
        await host.GrantAsync(staff, owner);

        (await host.ReadUsersAsync(staff, owner)).ShouldBe(HttpStatusCode.OK);
        foreach (var method in Methods) (await host.SendAsync(method, "/v1/operator/backups", token: owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await ShouldHaveMadeNoneAsync();
    }

    [Theory, Trait("Threat", "T60")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Origin", "https://evil.example")]
    public async Task Post_FromAnotherOriginWithTheOperatorsCookie_IsRefused(string header, string value)
    {
        var cookie = (await host.TrySignInAsync("platform", "operator", PlatformHost.OperatorPassword, "cookie")).ShouldBe(HttpStatusCode.OK).Header("Set-Cookie")!.Split("__Host-sid=")[1].Split(';')[0];

        (await host.SendAsync("POST", "/v1/operator/backups", cookie: cookie, headers: (header, value))).ShouldBeProblem(HttpStatusCode.Forbidden, "cross_origin");
        await ShouldHaveMadeNoneAsync();
    }

    [Theory]
    [InlineData("GET", "?verbose=true")]
    [InlineData("POST", "?target=/tmp")]
    public async Task Calls_WithWhatTheyDoNotKnow_AreRefused(string method, string query)
    {
        (await host.SendAsync(method, "/v1/operator/backups" + query, token: await host.OperatorTokenAsync())).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        await ShouldHaveMadeNoneAsync();
    }

    private async Task ShouldHaveMadeNoneAsync()
    {
        (await host.RequestsInTheLogAsync()).ShouldBeEmpty();
        (await host.LookAsync()).Json.GetProperty("running").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private async Task<TestUser> StaffAsync(string username, params string[] permissions)
    {
        var made = (await host.SendAsync(
            "POST", "/v1/tenants/platform/users", new { username, email = $"{username}@example.com", password = ApiCalls.Password, mustChangePassword = false, permissions }, await host.OperatorTokenAsync())).ShouldBe(HttpStatusCode.Created);
        return new TestUser(made.String("tenantId")!, "platform", made.String("id")!, username, ApiCalls.Password, (await host.SignInAsync("platform", username)).Token);
    }
}
