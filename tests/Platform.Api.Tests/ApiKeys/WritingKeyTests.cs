using Platform.Api.Tests.Snippets;

namespace Platform.Api.Tests.ApiKeys;

/// <summary>What a company automates with keys, under the rules that hold for people.</summary>
public sealed class WritingKeyTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task UsersScope_MakesChangesDisablesAndDeletesUsersAsItself()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "users");
        var users = $"/v1/tenants/{owner.Slug}/users";
        var body = new { username = "bob", email = "bob@example.com", password = ApiCalls.Password, mustChangePassword = false, role = "editor" };

        var made = (await host.SendAsync("POST", users, body, key.Text, cookie: null, ("Idempotency-Key", "one"))).ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync("POST", users, body, key.Text, cookie: null, ("Idempotency-Key", "one"))).ShouldBe(HttpStatusCode.Created).String("id").ShouldBe(made.String("id"), "the same call again");
        (await host.SendAsync("POST", users, body, key.Text)).ShouldBeProblem(HttpStatusCode.Conflict, "username_taken");
        var bob = $"{users}/{made.String("id")}";
        (await host.SendAsync("PUT", bob + "/permissions", new { permissions = new[] { "read" } }, key.Text)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("PATCH", bob, new { role = "viewer" }, key.Text)).ShouldBe(HttpStatusCode.OK).String("role").ShouldBe("viewer");
        (await host.SendAsync("GET", users + "?q=bob", token: key.Text)).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem().TryGetProperty("lastSignInAt", out _).ShouldBeTrue("as a manager sees it");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/roles", token: key.Text)).ShouldBe(HttpStatusCode.OK);
        var session = await host.SignInAsync(owner.Slug, "bob", ApiCalls.Password);
        (await host.SendAsync("DELETE", bob + "/sessions", token: key.Text)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("GET", "/v1/session", token: session.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        session = await host.SignInAsync(owner.Slug, "bob", ApiCalls.Password);
        (await host.SendAsync("PATCH", bob, new { status = "disabled" }, key.Text)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", "/v1/session", token: session.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("DELETE", bob, token: key.Text)).ShouldBe(HttpStatusCode.NoContent);

        var log = await LogAsync(owner, $"target={made.String("id")}&outcome=success");
        log.Where(e => e.GetProperty("action").GetString() is not "session.signed_in").ShouldAllBe(e => e.GetProperty("actor").GetProperty("type").GetString() == "api_key"
            && e.GetProperty("actor").GetProperty("id").GetString() == key.Id && e.GetProperty("actor").GetProperty("name").GetString() == "Back end");
        log.Select(e => e.GetProperty("action").GetString()).Distinct().ShouldBe(
            ["user.deleted", "session.revoked", "user.disabled", "session.signed_in", "user.permissions_set", "user.created"], ignoreOrder: true);
        log.Single(e => e.GetProperty("action").GetString() == "user.created").GetProperty("sessionId").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    /// <summary>Nobody grants by a key what its sponsor lacks, rules over those who may do more, or leaves a tenant without a manager.</summary>
    [Fact, Trait("Threat", "T46")]
    public async Task UsersScope_BeyondTheSponsorsRights_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        var clerk = await host.NewUserAsync(owner, "clerk", "viewer");
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{clerk.Id}/permissions", new { permissions = new[] { "manage-users", "read" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var (clerks, owners) = (await host.NewKeyAsync(clerk, "users"), await host.NewKeyAsync(owner, "users"));
        var users = $"/v1/tenants/{owner.Slug}/users";

        foreach (var beyond in new object[] { Named(new { role = "editor" }), Named(new { permissions = new[] { "edit" } }), Named(new { role = "owner" }) })
        {
            (await host.SendAsync("POST", users, beyond, clerks.Text)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }

        (await host.SendAsync("PATCH", $"{users}/{bob.Id}", new { role = "owner" }, clerks.Text)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("PATCH", $"{users}/{owner.Id}", new { status = "disabled" }, clerks.Text)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("DELETE", $"{users}/{owner.Id}", token: clerks.Text)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("POST", users, Named(new { permissions = new[] { "operate" } }), owners.Text)).Status.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.BadRequest);
        (await host.SendAsync("DELETE", $"{users}/{clerk.Id}", token: owners.Text)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("DELETE", $"{users}/{owner.Id}", token: owners.Text)).ShouldBeProblem(HttpStatusCode.Conflict, "last_manager");
        (await host.SendAsync("POST", users, Named(new { role = "viewer" }), clerks.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        (await host.SendAsync("POST", users, Named(new { role = "owner" }), owners.Text)).ShouldBe(HttpStatusCode.Created);

        static object Named(object level) => new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["username"] = "new", ["email"] = "new@example.com", ["password"] = ApiCalls.Password,
            [level.GetType().GetProperties()[0].Name] = level.GetType().GetProperties()[0].GetValue(level)!,
        };
    }

    [Fact]
    public async Task SnippetsScope_MakesPublishesAndDeletesSnippetsWithTheirDomains()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "snippets");
        var snippets = SnippetCalls.PathOf(owner);

        var made = (await host.SendAsync("POST", snippets, new { name = "Shop" }, key.Text)).ShouldBe(HttpStatusCode.Created);
        var shop = $"{snippets}/{made.String("id")}";
        (await host.SendAsync("PUT", shop + "/domains/a.test%3A9444", token: key.Text)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("PUT", shop + "/domains/shop.example.com", token: key.Text)).ShouldBeProblem(HttpStatusCode.Forbidden, "multi_domain_required");
        (await host.SendAsync("PATCH", shop, new { settings = new { warnBefore = "PT5M" } }, key.Text)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", shop + "/publish", token: key.Text)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", shop + "/rollback", token: key.Text)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", snippets, token: key.Text)).ShouldBe(HttpStatusCode.OK).Items.Length.ShouldBe(2);
        (await host.SendAsync("DELETE", shop + "/domains/a.test%3A9444", token: key.Text)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("DELETE", shop, token: key.Text)).ShouldBe(HttpStatusCode.NoContent);

        (await LogAsync(owner, $"target={made.String("id")}")).ShouldAllBe(e => e.GetProperty("actor").GetProperty("id").GetString() == key.Id);
    }

    [Fact, Trait("Threat", "T53")]
    public async Task ScenariosScope_ChangesWhatIfMatchNamesAndTheHistorySaysThatAKeyDid()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "scenarios");
        var scenarios = $"/v1/tenants/{owner.Slug}/scenarios";
        object Draft(string name) => new { name, kind = "scenario", content = new { a = 1 } };

        var made = (await host.SendAsync("POST", scenarios, Draft("One"), key.Text)).ShouldBe(HttpStatusCode.Created);
        var one = $"{scenarios}/{made.String("id")}";
        (await host.SendAsync("PUT", one, Draft("Two"), key.Text)).ShouldBeProblem((HttpStatusCode)428, "precondition_required");
        (await host.SendAsync("PUT", one, Draft("Two"), key.Text, cookie: null, ("If-Match", "\"7\""))).ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
        var changed = (await host.SendAsync("PUT", one, Draft("Two"), key.Text, cookie: null, ("If-Match", made.Header("ETag")!))).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", one + "/start", token: key.Text)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", one + "/pause", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", scenarios, token: key.Text)).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem();
        (await host.SendAsync("POST", one + "/comments", new { text = "x" }, key.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");

        var history = (await host.SendAsync("GET", one + "/history", token: key.Text)).ShouldBe(HttpStatusCode.OK).Items;
        history.Select(entry => (entry.GetProperty("action").GetString(), entry.GetProperty("userId").GetString(), entry.GetProperty("apiKeyId").GetString()))
            .ShouldBe([("paused", owner.Id, null), ("started", null, key.Id), ("updated", null, key.Id), ("created", null, key.Id)]);
        (await host.SendAsync("DELETE", one, token: key.Text, cookie: null, headers: ("If-Match", "*"))).ShouldBe(HttpStatusCode.NoContent);
        changed.String("name").ShouldBe("Two");
    }

    /// <summary>What a scenario takes from its sponsor, it takes from the key; what it gives the sponsor alone, it does not give the key.</summary>
    [Fact, Trait("Threat", "T46")]
    public async Task ScenariosScope_OnAScenarioThatNarrowsTheSponsor_IsAsNarrow()
    {
        var owner = await host.NewTenantAsync();
        var maker = await host.NewUserAsync(owner, "maker", "owner");
        var key = await host.NewKeyAsync(maker, "scenarios");
        var scenarios = $"/v1/tenants/{owner.Slug}/scenarios";
        var made = (await host.SendAsync("POST", scenarios, new { name = "One", kind = "scenario", content = 1 }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var one = $"{scenarios}/{made.String("id")}";
        (await host.SendAsync("GET", one, token: key.Text)).ShouldBe(HttpStatusCode.OK);

        await GrantAsync("read");
        (await host.SendAsync("GET", one, token: key.Text)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", one + "/start", token: key.Text)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("DELETE", one, token: key.Text, cookie: null, headers: ("If-Match", "*"))).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await GrantAsync();
        (await host.SendAsync("GET", one, token: key.Text)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("GET", scenarios, token: key.Text)).ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty();

        async Task GrantAsync(params string[] permissions) =>
            (await host.SendAsync("PUT", $"{one}/grants/{maker.Id}", new { permissions }, owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task SessionsScope_ListsAndEndsSessionsAndStopsTheWholeTenant()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "editor");
        var key = await host.NewKeyAsync(owner, "sessions");
        var sessions = $"/v1/tenants/{owner.Slug}/users/{bob.Id}/sessions";

        var listed = (await host.SendAsync("GET", sessions, token: key.Text)).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem();
        listed.GetProperty("current").GetBoolean().ShouldBeFalse();
        (await host.SendAsync("DELETE", sessions, token: key.Text)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("GET", "/v1/session", token: bob.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", "/v1/session", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/sessions", token: key.Text)).ShouldBe(HttpStatusCode.Accepted);
        (await host.SendAsync("GET", "/v1/session", token: owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", sessions, token: key.Text)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task WritingKey_FromAnAddressThatTheRulesRefuse_DoesNothing()
    {
        var owner = await host.NewTenantAsync("enterprise");
        (await host.ChangeTenantAsync(owner.Slug, new { features = new { ipRules = true } })).ShouldBe(HttpStatusCode.OK);
        var key = await host.NewKeyAsync(owner, "users");
        var users = $"/v1/tenants/{owner.Slug}/users";
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/ip-rules", new { rules = new[] { new { cidr = "192.0.2.0/24", action = "allow", appliesTo = "api-keys" } } }, owner.Token)).ShouldBe(HttpStatusCode.OK);

        (await host.SendAsync("DELETE", $"{users}/{owner.Id}/sessions", token: key.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");

        (await host.SendAsync("GET", users, token: owner.Token)).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>An operator's key administers the users of the platform's own tenant, and is no operator.</summary>
    [Fact, Trait("Threat", "T46")]
    public async Task OperatorsKey_NeitherOperatesNorMakesOrTouchesOperators()
    {
        var operatorToken = await host.OperatorTokenAsync();
        var me = (await host.SendAsync("GET", "/v1/me", token: operatorToken)).ShouldBe(HttpStatusCode.OK).String("id");
        var made = (await host.SendAsync("POST", "/v1/tenants/platform/api-keys", new { name = "Operator's", scopes = new[] { "users", "read", "audit", "snippets", "scenarios", "sessions" } }, operatorToken)).ShouldBe(HttpStatusCode.Created);
        var key = made.String("key")!;

        (await host.SendAsync("GET", "/v1/operator/tenants", token: key)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
        (await host.SendAsync("PATCH", $"/v1/tenants/platform/users/{me}", new { status = "disabled" }, key)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        var user = new { username = "new-operator", email = "new@example.com", password = ApiCalls.Password, permissions = new[] { "operate" } };
        (await host.SendAsync("POST", "/v1/tenants/platform/users", user, key)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("DELETE", $"/v1/tenants/platform/api-keys/{made.String("id")}", token: operatorToken)).ShouldBe(HttpStatusCode.NoContent);
    }

    private async Task<JsonElement[]> LogAsync(TestUser owner, string filter) =>
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?limit=200&{filter}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items;
}
