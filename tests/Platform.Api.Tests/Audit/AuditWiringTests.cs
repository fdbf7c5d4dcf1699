using Platform.Sessions;
using Platform.Api.Tests.Users;

namespace Platform.Api.Tests.Audit;

/// <summary>What is done through the API is in the log, with who, what, from where and what changed.</summary>
public sealed class AuditWiringTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task NewTenant_IsInItsOwnLogAndInThatOfTheOperators()
    {
        var owner = await host.NewTenantAsync();

        var own = await EventsAsync(owner);
        own.Select(e => e.Action).ShouldBe(["user.created", "tenant.created", "session.signed_in"]);
        own[1].Json.GetProperty("actor").GetProperty("type").GetString().ShouldBe("operator");
        own[1].Json.GetProperty("target").GetProperty("id").GetString().ShouldBe(owner.TenantId);
        Changes(own[1]).ShouldBe($"/slug:null>\"{owner.Slug}\" /name:null>\"{owner.Slug}\" /edition:null>\"standard\"");

        var operators = (await host.SendAsync("GET", $"/v1/tenants/platform/audit-events?target={owner.TenantId}", token: await host.OperatorTokenAsync())).ShouldBe(HttpStatusCode.OK);
        operators.Items.ShouldHaveSingleItem().GetProperty("action").GetString().ShouldBe("tenant.created");
    }

    [Fact]
    public async Task SignIn_Out_AndFailures_AreThereWithAddressAndReason()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        await host.TrySignInAsync(owner.Slug, "bob", "Wrong-Harbour-71");
        await host.TrySignInAsync(owner.Slug, "nobody-of-that-name", "Wrong-Harbour-71");
        await host.SendAsync("POST", "/v1/sign-out", token: bob.Token, headers: ("User-Agent", "Walker/2"));

        var events = await EventsAsync(owner);
        var signedIn = events.Single(e => e.Action == "session.signed_in" && e.Actor == bob.Id);
        var signedOut = events.Single(e => e.Action == "session.signed_out");
        signedOut.Json.GetProperty("sessionId").GetString().ShouldBe(signedIn.Json.GetProperty("sessionId").GetString());
        signedOut.Json.GetProperty("userAgent").GetString().ShouldBe("Walker/2");
        signedOut.Json.GetProperty("ip").GetString().ShouldBe("127.0.0.1");
        signedOut.Json.GetProperty("traceId").GetString()!.ShouldMatch("^[0-9a-f]{32}$");
        signedOut.Json.GetProperty("actor").GetProperty("name").GetString().ShouldBe("bob");
        var failed = events.Where(e => e.Action == "session.sign_in_failed").ToList();
        failed.Select(e => e.Json.GetProperty("reason").GetString()).ShouldBe(["wrong_password", "unknown_user"]);
        failed.ShouldAllBe(e => e.Json.GetProperty("outcome").GetString() == "failure" && e.Json.GetProperty("actor").GetProperty("type").GetString() == "anonymous");
        failed[0].Target.ShouldBe(bob.Id);
        failed[1].Target.ShouldBeNull();
        failed[1].Json.ToString().ShouldNotContain("nobody-of-that-name");

        var own = (await host.SendAsync("GET", "/v1/me/security-events", token: (await host.SignInAsync(bob)).Token)).Items;
        own.Select(e => e.GetProperty("action").GetString()).ShouldBe(["session.signed_in", "session.signed_out", "session.sign_in_failed", "session.signed_in", "user.created"]);
    }

    [Fact]
    public async Task SignIn_AtATenantThatDoesNotExist_IsTheOperatorsToSee()
    {
        var before = await SequenceOfThePlatformAsync();
        await host.TrySignInAsync("no-such-tenant-here", "alice", "Wrong-Harbour-71");

        var found = (await host.SendAsync("GET", "/v1/tenants/platform/audit-events?action=session.sign_in_failed&limit=1", token: await host.OperatorTokenAsync())).Items[0];
        found.GetProperty("sequence").GetInt64().ShouldBeGreaterThan(before);
        found.GetProperty("reason").GetString().ShouldBe("unknown_tenant");
    }

    [Fact]
    public async Task ManyGuesses_TheBlockIsLoggedOnce()
    {
        var owner = await host.NewTenantAsync();
        for (var i = 0; i < 9; i++) await host.TrySignInAsync(owner.Slug, "owner", "Wrong-Harbour-71");

        var failed = await EventsAsync(owner, "&action=session.sign_in_failed");
        failed.Count(e => e.Json.GetProperty("reason").GetString() == "wrong_password").ShouldBe(5);
        failed.Count(e => e.Json.GetProperty("reason").GetString() == "too_many_attempts").ShouldBe(1);
    }

    [Fact]
    public async Task ChangesOfUsers_AreThereWithBeforeAndAfter_AndNoSecrets()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var path = $"/v1/tenants/{owner.Slug}/users/{bob.Id}";
        await host.ChangeEmailAsync(owner, bob.Id, "robert@example.com");
        (await host.SendAsync("PUT", $"{path}/permissions", new { permissions = new[] { "read", "edit" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        const string Fresh = "Other-Harbour-72";
        (await host.SendAsync("POST", "/v1/me/password", new { currentPassword = bob.Password, newPassword = Fresh }, bob.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("PATCH", path, new { status = "disabled" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("PATCH", path, new { status = "active" }, owner.Token)).ShouldBe(HttpStatusCode.OK);

        var events = await EventsAsync(owner, $"&target={bob.Id}");
        events.Select(e => e.Action).ShouldBe(
        [
            "user.created", "session.signed_in", "user.updated", "user.updated", "user.permissions_set", "user.password_changed", "user.disabled", "session.revoked", "user.enabled",
        ]);
        Changes(events[0]).ShouldBe("/username:null>\"bob\" /email:null>\"bob@example.com\" /role:null>\"viewer\"");
        Changes(events[2]).ShouldBe("/pendingEmail:null>\"robert@example.com\"");
        Changes(events[3]).ShouldBe("/email:\"bob@example.com\">\"robert@example.com\"");
        (events[2].Actor, events[3].Actor).ShouldBe((owner.Id, bob.Id));
        Changes(events[4]).ShouldBe("/role:\"viewer\">null /permissions:null>[\"edit\",\"read\"]");
        Changes(events[5]).ShouldBe("/password:null>null");
        Changes(events[6]).ShouldBe("/status:\"active\">\"disabled\"");
        events[7].Json.GetProperty("reason").GetString().ShouldBe("user_disabled");
        events[6].Actor.ShouldBe(owner.Id);
        events[5].Actor.ShouldBe(bob.Id);
        string.Concat(events.Select(e => e.Json.ToString())).ShouldNotContain("Harbour");
    }

    [Fact]
    public async Task ChangesOfTenantRolesAndSessions_AreThere()
    {
        var owner = await host.NewTenantAsync();
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { name = "Other", sessionPolicy = new { idleTimeout = "PT15M" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/roles", new { name = "reader", permissions = new[] { "read" } }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/roles/reader", new { permissions = new[] { "read", "collaborate" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/roles/reader", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        var other = await host.SignInAsync(owner);
        (await host.SendAsync("DELETE", $"/v1/me/sessions/{other.Id}", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/sessions", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);

        var events = await EventsAsync(owner with { Token = (await host.SignInAsync(owner)).Token });
        events.Skip(3).Select(e => e.Action).ShouldBe(
            ["tenant.updated", "role.created", "role.updated", "role.deleted", "session.signed_in", "session.revoked", "tenant.sessions_revoked", "session.signed_in"]);
        Changes(events[3]).ShouldBe($"/name:\"{owner.Slug}\">\"Other\" /sessionPolicy/idleTimeout:\"PT30M\">\"PT15M\"");
        Changes(events[5]).ShouldBe("/permissions:[\"read\"]>[\"collaborate\",\"read\"]");
        events[8].Json.GetProperty("sessionId").GetString().ShouldBe(other.Id);
    }

    [Fact]
    public async Task ChangesOfScenarios_AreThereWithBeforeAndAfter()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var path = $"/v1/tenants/{owner.Slug}/scenarios";
        var id = (await host.SendAsync("POST", path, new { name = "Spring", kind = "scenario", content = new { steps = 1 } }, owner.Token)).ShouldBe(HttpStatusCode.Created).String("id");
        (await host.SendAsync("PUT", $"{path}/{id}", new { name = "Spring", kind = "scenario", content = new { steps = 2 } }, owner.Token, headers: ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", $"{path}/{id}/start", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", $"{path}/{id}/pause", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("PUT", $"{path}/{id}/grants/{bob.Id}", new { permissions = new[] { "read", "edit" } }, owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("DELETE", $"{path}/{id}", token: owner.Token, headers: ("If-Match", "*"))).ShouldBe(HttpStatusCode.NoContent);

        var events = await EventsAsync(owner, $"&target={id}");
        events.Select(e => e.Action).ShouldBe(
            ["scenario.created", "scenario.updated", "scenario.started", "scenario.paused", "scenario.grant_set", "scenario.deleted"]);
        Changes(events[1]).ShouldBe("/content/steps:1>2");
        Changes(events[2]).ShouldBe("/status:\"paused\">\"running\"");
        Changes(events[4]).ShouldBe($"/grants/{bob.Id}:null>[\"edit\",\"read\"]");
        events.ShouldAllBe(e => e.Actor == owner.Id && e.Json.GetProperty("target").GetProperty("name").GetString() == "Spring");
    }

    [Fact]
    public async Task PasswordReset_RequestAndUse_AreThere()
    {
        var owner = await host.NewTenantAsync();
        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "owner" })).ShouldBe(HttpStatusCode.Accepted);
        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "nobody" })).ShouldBe(HttpStatusCode.Accepted);

        var events = await EventsAsync(owner, "&action=user.password_reset_requested");
        events.Select(e => (e.Target, e.Json.GetProperty("reason").GetString())).ShouldBe([(owner.Id, null), (null, "unknown_user")]);
    }

    [Fact]
    public async Task ExpiredSession_IsThereOnce()
    {
        await using var own = await new PlatformHost().StartedAsync();
        var owner = await own.NewTenantAsync();
        own.Time.Advance(TimeSpan.FromMinutes(31));
        await own.Service<SessionSweeper>().SweepAsync(default);
        await own.Service<SessionSweeper>().SweepAsync(default);

        var again = owner with { Token = (await own.SignInAsync(owner)).Token };
        var items = (await own.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?action=session.expired", token: again.Token)).Items;
        var expired = items.ShouldHaveSingleItem();
        expired.GetProperty("reason").GetString().ShouldBe("idle");
        expired.GetProperty("actor").GetProperty("type").GetString().ShouldBe("system");
        expired.GetProperty("target").GetProperty("id").GetString().ShouldBe(owner.Id);
    }

    /// <summary>Nothing that is in no log is done.</summary>
    [Fact, Trait("Threat", "T74")]
    public async Task LogCannotBeWritten_NothingIsDoneAndTheAnswerIs503()
    {
        await using var own = await new FailingAuditHost().StartedAsync();
        var owner = await own.NewTenantAsync();
        var bob = await own.NewUserAsync(owner, "bob", "viewer");
        var path = $"/v1/tenants/{owner.Slug}/users/{bob.Id}";
        var before = (await own.SendAsync("GET", path, token: owner.Token)).Text;

        own.Database.FailBefore = FaultyDatabase.AuditWrite;
        foreach (var (method, target, body) in new (string, string, object?)[]
        {
            ("PATCH", path, new { status = "disabled" }),
            ("PATCH", path, new { email = "x@example.com" }),
            ("PUT", $"{path}/permissions", new { permissions = new[] { "edit" } }),
            ("DELETE", path, null),
            ("DELETE", $"{path}/sessions", null),
            ("POST", $"/v1/tenants/{owner.Slug}/users", new { username = "eve", email = "e@example.com", password = "Quiet-Harbour-71", role = "viewer" }),
            ("POST", $"/v1/tenants/{owner.Slug}/users", new { username = "ivy", email = "i@example.com", role = "viewer" }),
            ("PATCH", $"/v1/tenants/{owner.Slug}", new { name = "Other" }),
            ("POST", $"/v1/tenants/{owner.Slug}/roles", new { name = "reader", permissions = new[] { "read" } }),
            ("DELETE", $"/v1/tenants/{owner.Slug}/sessions", null),
            ("POST", "/v1/me/password", new { currentPassword = "Quiet-Harbour-71", newPassword = "Other-Harbour-72" }),
            ("POST", "/v1/me/email", new { email = "x@example.com", password = "Quiet-Harbour-71" }),
        })
        {
            (await own.SendAsync(method, target, body, owner.Token)).ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable").Header("Retry-After").ShouldNotBeNull();
        }

        (await own.SignOutAsync(bob.Token)).ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
        (await own.TrySignInAsync(owner.Slug, "bob", bob.Password)).ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
        own.Database.FailBefore = null;

        (await own.SendAsync("GET", path, token: owner.Token)).Text.ShouldBe(before);
        (await own.ValidateAsync(bob.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await own.TrySignInAsync(owner.Slug, "bob", bob.Password)).ShouldBe(HttpStatusCode.OK);
        (await own.TrySignInAsync(owner.Slug, "eve", "Quiet-Harbour-71")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await own.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events/verify", token: owner.Token)).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    private static string Changes(Found found) => string.Join(' ', found.Json.GetProperty("changes").EnumerateArray()
        .Select(c => $"{c.GetProperty("path").GetString()}:{c.GetProperty("before").GetRawText()}>{c.GetProperty("after").GetRawText()}"));

    /// <summary>Oldest first.</summary>
    private async Task<List<Found>> EventsAsync(TestUser owner, string query = "")
    {
        var items = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?limit=100{query}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items;
        return [.. items.Reverse().Select(e => new Found(e))];
    }

    private async Task<long> SequenceOfThePlatformAsync() =>
        (await host.SendAsync("GET", "/v1/tenants/platform/audit-events?limit=1", token: await host.OperatorTokenAsync())).Items[0].GetProperty("sequence").GetInt64();

    private sealed record Found(JsonElement Json)
    {
        public string? Action => Json.GetProperty("action").GetString();

        public string? Actor => Json.GetProperty("actor").GetProperty("id").GetString();

        public string? Target => Json.GetProperty("target").GetProperty("id").GetString();
    }
}
