using System.Net.Http.Headers;
using Platform.Api.Limits;
using Platform.Api.Tests.Audit;
using Platform.Api.Tests.Privacy;
using Platform.Api.Tests.Support;

namespace Platform.Api.Tests.Deletion;

public sealed class TenantExportTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Export_HoldsWhatManagersSee_AndItsLogVerifies()
    {
        var owner = await host.NewTenantAsync();
        var path = $"/v1/tenants/{owner.Slug}";
        var bob = await host.NewUserAsync(owner, "bob", "editor");
        var carol = (await host.SendAsync("POST", $"{path}/users", new { username = "carol", email = "carol@example.com", role = "viewer" }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync("POST", $"{path}/roles", new { name = "desk", permissions = new[] { "read" } }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var scenario = (await host.SendAsync("POST", $"{path}/scenarios", new { name = "Welcome", kind = "scenario", content = new { text = "Guten Tag" } }, owner.Token)).ShouldBe(HttpStatusCode.Created).String("id")!;
        (await host.SendAsync("PUT", $"{path}/scenarios/{scenario}/grants/{bob.Id}", new { permissions = new[] { "read", "collaborate" } }, owner.Token)).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent);
        (await host.SendAsync("POST", $"{path}/scenarios/{scenario}/comments", new { text = "Looks good" }, bob.Token)).ShouldBe(HttpStatusCode.Created);
        var key = await host.NewKeyAsync(owner, "introspect");

        var archive = await ExportAsync(owner);

        archive["README.txt"].ShouldContain("access-log.ndjson");
        foreach (var name in archive.Names.Where(name => name != "README.txt")) archive["README.txt"].ShouldContain(name);
        archive.Json("tenant.json").GetProperty("slug").GetString().ShouldBe(owner.Slug);
        archive.Lines("users.ndjson").Select(user => user.GetProperty("username").GetString()).ShouldBe(["owner", "bob", "carol"], ignoreOrder: true);
        archive.Lines("invitations.ndjson").ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(carol.String("id"));
        archive.Lines("roles.ndjson").ShouldContain(role => role.GetProperty("name").GetString() == "desk");
        archive.Lines("sessions.ndjson").ShouldContain(session => session.GetProperty("userId").GetString() == bob.Id);
        archive.Lines("scenarios.ndjson").ShouldHaveSingleItem().GetProperty("content").GetProperty("text").GetString().ShouldBe("Guten Tag");
        archive.Lines("scenario-grants.ndjson").ShouldHaveSingleItem().GetProperty("scenarioId").GetString().ShouldBe(scenario);
        archive.Lines("scenario-comments.ndjson").ShouldHaveSingleItem().GetProperty("item").GetProperty("text").GetString().ShouldBe("Looks good");
        archive.Lines("scenario-history.ndjson").ShouldNotBeEmpty();
        archive.Lines("snippets.ndjson").ShouldHaveSingleItem();
        archive.Lines("api-keys.ndjson").ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(key.Id);
        archive.Lines("notification-templates.ndjson").ShouldNotBeEmpty();
        archive.All.ShouldNotContain(key.Text, Case.Sensitive, "a secret is in no export");
        archive.All.ShouldNotContain(ApiCalls.Password);
        var (exit, report) = await OfflineCheck.RunAsync(archive["access-log.ndjson"], archive["access-log-checkpoints.json"]);
        exit.ShouldBe(0, report);
        archive.Lines("access-log.ndjson")[^1].GetProperty("action").GetString().ShouldBe("tenant.exported");
        (await host.SendAsync("GET", $"{path}/audit-events?action=tenant.exported", token: owner.Token)).Items.ShouldHaveSingleItem().GetProperty("actor").GetProperty("id").GetString().ShouldBe(owner.Id);
    }

    [Fact, Trait("Threat", "T44")]
    public async Task Export_ByWhoMayNot_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        var other = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "audit", "users", "read");
        var support = await host.NewOperatorAsync();
        await host.GrantAsync(support, owner);
        var path = $"/v1/tenants/{owner.Slug}/export";

        (await host.SendAsync("GET", path, token: viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("GET", path, token: other.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("GET", path, token: support.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("GET", path, token: key.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
        (await host.SendAsync("GET", path)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?action=tenant.exported", token: owner.Token)).Items.ShouldBeEmpty();
    }

    [Fact, Trait("Threat", "T72")]
    public async Task Export_TooManyAtOnce_IsRefusedAndNotTold()
    {
        var owner = await host.NewTenantAsync();
        var turns = new List<IDisposable>();
        while (host.Service<LongReadLimiter>().TryBegin(TenantId.TryParse(owner.TenantId, out var id) ? id : default, out _) is { } turn) turns.Add(turn);

        var refused = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/export", token: owner.Token)).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts");

        refused.Header("Retry-After").ShouldNotBeNull();
        foreach (var turn in turns) turn.Dispose();
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?action=tenant.exported", token: owner.Token)).Items.ShouldBeEmpty();
        (await ExportAsync(owner)).Names.ShouldNotBeEmpty();
    }

    private async Task<UserArchive> ExportAsync(TestUser owner)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/tenants/{owner.Slug}/export");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", owner.Token);
        using var response = await host.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        return UserArchive.Of(await response.Content.ReadAsByteArrayAsync());
    }
}
