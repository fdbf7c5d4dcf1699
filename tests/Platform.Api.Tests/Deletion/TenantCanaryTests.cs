using Platform.Api.Tests.Audit;
using Platform.Api.Tests.SecondFactors;
using Platform.Api.Tests.Snippets;
using Platform.Api.Tests.Support;
using Platform.Api.Tests.Users;
using Platform.Storage;

namespace Platform.Api.Tests.Deletion;

/// <summary>After the deletion of a tenant the whole database is searched, byte by byte, for whatever its people typed; a tenant of the same shape stays whole.</summary>
public sealed class TenantCanaryTests
{
    [Fact, Trait("Threat", "T52")]
    public async Task Delete_WhateverWasTyped_IsNowhereInTheDatabase_AndTheNeighbourIsWhole()
    {
        var host = new PlatformHost();
        await host.InitializeAsync();
        var (goes, stays) = (await LivedInAsync(host, "zeisig"), await LivedInAsync(host, "amsel"));
        (await host.DeleteTenantAsync(goes.TenantId)).ShouldBe(HttpStatusCode.Accepted);
        await host.PassAsync(29);
        var ids = await IdsAsync(host, goes with { Token = (await host.SignInAsync(goes)).Token });
        await host.PassAsync(2);
        (await host.ReadDeletionAsync(goes.TenantId)).Json.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.String);
        await ShouldBeGoneAsync(host, goes.TenantId, ids);

        var owner = await host.SignInAsync(stays);
        (await host.SendAsync("GET", $"/v1/tenants/{stays.Slug}/audit-events/verify", token: owner.Token)).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
        (await host.SendAsync("GET", $"/v1/tenants/{stays.Slug}/users?limit=50", token: owner.Token)).Items.Length.ShouldBe(3);
        (await host.SendAsync("GET", $"/v1/tenants/{stays.Slug}/scenarios", token: owner.Token)).Items.ShouldHaveSingleItem();
        (await host.SendAsync("GET", $"/v1/tenants/{stays.Slug}/api-keys", token: owner.Token)).Items.ShouldHaveSingleItem();
        (await host.SendAsync("GET", $"/v1/tenants/{stays.Slug}/snippets", token: owner.Token)).Items.Length.ShouldBe(2);
        var log = (await host.SendAsync("GET", $"/v1/tenants/{stays.Slug}/audit-events", token: owner.Token, headers: ("Accept", "application/x-ndjson"))).Text;
        (await OfflineCheck.RunAsync(log, checkpoints: null)).Exit.ShouldBe(0);

        // At once, with the platform still running, and again when it has ended and folded its log.
        if (!TestDatabases.ArePostgres) Search(await TestDatabases.DumpAsync(host.Folder));
        await host.DisposeStartedAsync();
        var dump = await TestDatabases.DumpAsync(host.Folder);
        Search(dump);
        await host.RemoveDataAsync();

        void Search(string dump)
        {
            dump.ShouldContain("amsel", Case.Insensitive, "the search finds what is there");
            dump.ShouldNotContain("zeisig", Case.Insensitive);
        }
    }

    /// <summary>Of all that has a state of its own.</summary>
    private static async Task<IReadOnlyList<string>> IdsAsync(PlatformHost host, TestUser owner)
    {
        var ids = new List<string> { owner.TenantId };
        foreach (var table in (string[])["users", "sessions", "scenarios", "api_keys"]) ids.AddRange(await ReadAsync(host, $"SELECT id FROM {table} WHERE tenant_id = @tenant", owner.TenantId));
        ids.AddRange((await host.SendAsync("GET", SnippetCalls.PathOf(owner), token: owner.Token)).Items.Select(snippet => snippet.GetProperty("id").GetString()!));
        ids.Count.ShouldBeGreaterThan(6);
        (await StatesAsync(host)).Count(key => ids.Any(id => key.Contains(id, StringComparison.Ordinal))).ShouldBeGreaterThan(6, "the search finds what is there");
        return ids;
    }

    /// <summary>No state, and no row but the certificate, the closure, and what says that the data keys are destroyed.</summary>
    private static async Task ShouldBeGoneAsync(PlatformHost host, string tenant, IReadOnlyList<string> ids)
    {
        (await StatesAsync(host)).ShouldAllBe(key => !ids.Any(id => key.Contains(id, StringComparison.Ordinal)));
        foreach (var (table, column) in ((string, string)[])
        [
            ("tenants", "id"), ("users", "tenant_id"), ("sessions", "tenant_id"), ("idempotency_keys", "tenant_id"), ("scenarios", "tenant_id"), ("api_keys", "tenant_id"), ("proven_domains", "tenant_id"),
            ("support_grants", "tenant_id"), ("erasures", "tenant_id"), ("former_users", "tenant_id"), ("audit_events", "tenant_id"), ("audit_checkpoints", "tenant_id"), ("audit_trims", "tenant_id"),
        ])
        {
            (await ReadAsync(host, $"SELECT {column} FROM {table} WHERE {column} = @tenant", tenant)).ShouldBeEmpty(table);
        }

        (await ReadAsync(host, "SELECT throttle_key FROM sign_in_throttles WHERE throttle_key LIKE 'grd_' || @tenant || '%'", tenant)).ShouldBeEmpty();
        var held = string.Join(", ", ids.Where(id => id.StartsWith("usr_", StringComparison.Ordinal) || id.StartsWith("ten_", StringComparison.Ordinal)).Select(id => $"'{id}'"));
        (await ReadAsync(host, $"SELECT subject_id FROM data_keys WHERE subject_id IN ({held}) AND (destroyed_at IS NULL OR length(wrapped) > 0) OR subject_id = '' AND '' = @tenant", tenant)).ShouldBeEmpty();
        (await ReadAsync(host, $"SELECT id FROM notification_outbox WHERE (subject_id IN ({held}) OR about_id IN ({held})) AND @tenant <> ''", tenant)).ShouldBeEmpty();
    }

    private static Task<List<string>> StatesAsync(PlatformHost host) => host.Service<IDatabase>().ReadAsync(
        new Operation("query", "grain_state"),
        new Statement(TestDatabases.ArePostgres ? "SELECT COALESCE(grainidextensionstring, '') FROM OrleansStorage WHERE payloadbinary IS NOT NULL" : "SELECT grain_key FROM grain_state"),
        row => row.GetString(0),
        default);

    private static Task<List<string>> ReadAsync(PlatformHost host, string sql, string tenant) =>
        host.Service<IDatabase>().ReadAsync(new Operation("query", "tenants"), new Statement(sql, ("@tenant", tenant)), row => row.GetString(0), default);

    /// <summary>Everything of every kind that people of a tenant can fill in, with a word in it.</summary>
    private static async Task<TestUser> LivedInAsync(PlatformHost host, string word)
    {
        var owner = await host.NewTenantAsync("enterprise");
        var path = $"/v1/tenants/{owner.Slug}";
        (await host.ChangeTenantAsync(owner.Slug, new { features = new { twoFactor = true, multiDomain = true, ipRules = true } })).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("PATCH", path, new { name = $"{word} GmbH" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var user = await host.NewUserAsync(owner, word, "editor");
        await host.WithPhoneAsync(user, SecondFactorCalls.NewNumber());
        (await host.RequestEmailAsync(owner, user.Id, $"{word}-2@example.com")).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", $"{path}/users", new { username = $"{word}-invited", email = $"{word}-3@example.com", role = "viewer" }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var gone = await host.NewUserAsync(owner, $"{word}-gone", "viewer");
        (await host.SendAsync("DELETE", $"{path}/users/{gone.Id}", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        var erased = await host.NewUserAsync(owner, $"{word}-erased", "viewer");
        (await host.SendAsync("POST", $"{path}/users/{erased.Id}/erase", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        await host.TrySignInAsync(owner.Slug, word, $"{word}-Wrong-71");
        await host.TrySignInAsync(owner.Slug, $"{word}-stranger", $"{word}-Wrong-71");
        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = word })).ShouldBe(HttpStatusCode.Accepted);
        (await host.SendAsync("POST", $"{path}/roles", new { name = $"{word}-desk", permissions = new[] { "read" } }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync("PUT", $"{path}/ip-rules", new { rules = new[] { new { cidr = "203.0.113.7/32", action = "deny", appliesTo = $"user:{user.Id}" } } }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var scenario = (await host.SendAsync(
            "POST", $"{path}/scenarios", new { name = $"{word} scenario", kind = "scenario", content = new { text = word } }, owner.Token, null, ("Idempotency-Key", $"{word}-1"))).ShouldBe(HttpStatusCode.Created).String("id")!;
        (await host.SendAsync("PUT", $"{path}/scenarios/{scenario}/grants/{user.Id}", new { permissions = new[] { "read", "collaborate" } }, owner.Token)).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent);
        (await host.SendAsync("POST", $"{path}/scenarios/{scenario}/comments", new { text = $"{word} comment" }, user.Token)).ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync("POST", $"{path}/api-keys", new { name = $"{word} key", scopes = new[] { "introspect" } }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var snippet = (await host.SendAsync("POST", $"{path}/snippets", new { name = $"{word} snippet" }, owner.Token)).ShouldBe(HttpStatusCode.Created).String("id")!;
        (await host.AddDomainAsync(owner, snippet, $"{word}.test:9444")).ShouldBe(HttpStatusCode.OK);
        (await host.AddDomainAsync(owner, snippet, $"{word}.example.com")).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("PUT", $"{path}/notification-templates/password_changed/en", new { subject = $"{word} subject", text = $"{word} text" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var support = await host.NewOperatorAsync();
        var wish = new { reason = $"{word} reason", ticket = $"{word}-7", duration = "PT1H", breakGlass = true };
        await host.AskAsync(support, owner, wish);
        (await host.ReadUsersAsync(support, owner)).ShouldBe(HttpStatusCode.OK);
        return owner;
    }
}
