using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Process.Tests.Backups;

/// <summary>A platform with a journal of endings on another disk, endings of every kind after a backup, and what has to hold after a restore.</summary>
public abstract class JournalTest(ITestOutputHelper output) : BackupProcessTest(output), IAsyncDisposable
{
    private protected const string NewPassword = "Louder-Harbour-72";

    private readonly DirectoryInfo _journal = Directory.CreateTempSubdirectory("platform-journal-");

    private protected string Journal => _journal.FullName;

    private protected (string Key, string Value)[] Settings => [("Platform__Backups__Journal", Journal)];

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        Directory.Delete(Target, recursive: true);
        _journal.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>What <see cref="EndAllAsync"/> has ended has ended again, and the rest has not.</summary>
    private protected static async Task ShouldHaveEndedAsync(PlatformProcess restored, Prepared before)
    {
        // Sessions are over; who changed nothing needs no new password.
        (await restored.PeekAsync(before.Owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        var owner = await restored.SignInAsync("acme", "owner");
        (await restored.SignInAsync("acme", "kim")).Token.ShouldNotBeEmpty();

        // What ended stays ended.
        foreach (var gone in (string[])["dave", "erin", "pat", "otto", "greta"]) (await restored.TrySignInAsync("acme", gone, ApiCalls.Password)).Status.ShouldBe(HttpStatusCode.Unauthorized, gone);
        (await restored.TrySignInAsync("acme", "pat", NewPassword)).Status.ShouldBe(HttpStatusCode.Unauthorized, "lost with the rest; it takes a link");
        (await restored.SignInAsync("acme", "carol")).Token.ShouldNotBeEmpty("her factor was removed");
        (await RoleOfAsync(restored, owner, before.Users["mia"])).ShouldBe("viewer");
        var users = (await restored.SendAsync("GET", "/v1/tenants/acme/users?limit=200", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Text;
        users.ShouldNotContain("erin");
        users.ShouldNotContain("otto");
        (await restored.SendAsync("GET", "/v1/tenants/acme/users", token: before.RevokedKey)).ShouldBe(HttpStatusCode.Unauthorized);
        (await restored.SendAsync("GET", "/v1/tenants/acme/users", token: before.KeptKey)).ShouldBe(HttpStatusCode.OK);
        (await restored.SendAsync("GET", "/v1/tenants/acme/roles?limit=200", token: owner.Token)).Json.GetProperty("items").EnumerateArray()
            .Single(role => role.GetProperty("name").GetString() == "auditor").GetProperty("permissions").GetArrayLength().ShouldBe(1);
        (await restored.TrySignInAsync("globex", "owner", ApiCalls.Password)).Status.ShouldNotBe(HttpStatusCode.OK, "suspended");
        var @operator = await restored.SignInAsync();
        (await restored.SendAsync("GET", "/v1/operator/tenants/globex", token: @operator.Token)).Json.GetProperty("status").GetString().ShouldBe("suspended");
        (await restored.SendAsync("GET", "/v1/operator/tenants/initech", token: @operator.Token)).Json.GetProperty("deletesAt").ValueKind.ShouldBe(JsonValueKind.String);

        await CheckLogAsync(restored, owner.Token, "whole");
        restored.ShouldHaveDeniedNoCall();
    }

    private protected static async Task<Prepared> PrepareAsync(PlatformProcess platform)
    {
        var @operator = (await platform.SignInAsync()).Token;
        foreach (var slug in (string[])["acme", "globex", "initech"]) await platform.CreateTenantAsync(@operator, slug);
        (await platform.SendAsync("PATCH", "/v1/operator/tenants/acme", new { features = new { twoFactor = true } }, @operator)).ShouldBe(HttpStatusCode.OK);
        var owner = await platform.SignInAsync("acme", "owner");
        (await platform.SendAsync("POST", "/v1/tenants/acme/roles", new { name = "auditor", permissions = new[] { "read", "edit" } }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var users = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in (string[])["dave", "erin", "otto", "pat", "carol", "kim", "greta"]) users[name] = await CreateAsync(name);
        users["mia"] = await CreateAsync("mia", "owner");
        var app = await RestoreTests.EnrolAsync(platform, (await platform.SignInAsync("acme", "carol")).Token);
        return new Prepared(owner, users, app, await KeyAsync("revoked"), await KeyAsync("kept"));

        async Task<string> CreateAsync(string name, string role = "viewer") => (await platform.CreateUserAsync(owner.Token, "acme", name, role)).ShouldBe(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        async Task<string> KeyAsync(string name) => (await platform.SendAsync("POST", "/v1/tenants/acme/api-keys", new { name, scopes = new[] { "introspect", "read" } }, owner.Token)).ShouldBe(HttpStatusCode.Created).Json.GetProperty("key").GetString()!;
    }

    /// <summary>Endings of every kind, after the backup.</summary>
    private protected static async Task EndAllAsync(PlatformProcess platform, Prepared before)
    {
        var (owner, users) = (before.Owner.Token, before.Users);
        await SetStatusAsync(platform, before, "dave");
        await SetStatusAsync(platform, before, "greta");
        (await platform.SendAsync("POST", $"/v1/tenants/acme/users/{users["erin"]}/erase", token: owner)).ShouldBe(HttpStatusCode.Accepted);
        (await platform.SendAsync("DELETE", $"/v1/tenants/acme/users/{users["otto"]}", token: owner)).ShouldBe(HttpStatusCode.NoContent);
        (await platform.SendAsync("POST", "/v1/me/password", new { currentPassword = ApiCalls.Password, newPassword = NewPassword }, (await platform.SignInAsync("acme", "pat")).Token)).ShouldBe(HttpStatusCode.NoContent);
        (await platform.SendAsync("DELETE", $"/v1/tenants/acme/users/{users["carol"]}/second-factors", token: owner)).ShouldBe(HttpStatusCode.NoContent);
        (await platform.SendAsync("PATCH", $"/v1/tenants/acme/users/{users["mia"]}", new { role = "viewer" }, owner)).ShouldBe(HttpStatusCode.OK);
        (await platform.SendAsync("PUT", "/v1/tenants/acme/roles/auditor", new { permissions = new[] { "read" } }, owner)).ShouldBe(HttpStatusCode.OK);
        (await platform.SendAsync("PATCH", $"/v1/tenants/acme/users/{users["kim"]}", new { email = "kim@example.org" }, owner)).ShouldBe(HttpStatusCode.OK);
        var keys = (await platform.SendAsync("GET", "/v1/tenants/acme/api-keys", token: owner)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray();
        var revoked = keys.Single(key => key.GetProperty("name").GetString() == "revoked").GetProperty("id").GetString();
        (await platform.SendAsync("DELETE", $"/v1/tenants/acme/api-keys/{revoked}", token: owner)).ShouldBe(HttpStatusCode.NoContent);
        var scenario = (await platform.SendAsync("POST", "/v1/tenants/acme/scenarios", new { name = "x", kind = "scenario", content = new { } }, owner)).ShouldBe(HttpStatusCode.Created);
        (await platform.SendAsync("DELETE", $"/v1/tenants/acme/scenarios/{scenario.String("id")}", token: owner, headers: ("If-Match", scenario.Header("ETag")!))).ShouldBe(HttpStatusCode.NoContent);
        var @operator = (await platform.SignInAsync()).Token;
        (await platform.SendAsync("PATCH", "/v1/operator/tenants/globex", new { status = "suspended" }, @operator)).ShouldBe(HttpStatusCode.OK);
        (await platform.SendAsync("DELETE", "/v1/operator/tenants/initech", token: @operator)).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Accepted);
    }

    private protected static async Task SetStatusAsync(PlatformProcess platform, Prepared before, string name) =>
        (await platform.SendAsync("PATCH", $"/v1/tenants/acme/users/{before.Users[name]}", new { status = "disabled" }, before.Owner.Token)).ShouldBe(HttpStatusCode.OK);

    private protected static async Task<string?> RoleOfAsync(PlatformProcess platform, SignedIn owner, string user) =>
        (await platform.SendAsync("GET", $"/v1/tenants/acme/users/{user}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("role").GetString();

    private protected static async Task CheckLogAsync(PlatformProcess platform, string token, string journal)
    {
        (await platform.SendAsync("GET", "/v1/tenants/acme/audit-events/verify", token: token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
        JsonElement? restored = null;
        await foreach (var entry in platform.ListAsync("/v1/tenants/acme/audit-events", token))
        {
            if (entry.GetProperty("action").GetString() == "tenant.restored") restored = entry;
        }

        var changes = JsonNode.Parse(restored.ShouldNotBeNull().GetProperty("changes").GetRawText())!.AsArray().ToDictionary(change => (string)change!["path"]!, change => change!["after"]);
        ((string?)changes["/journal"]).ShouldBe(journal);
        long.Parse((string)changes["/replayed/to"]!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(long.Parse((string)changes["/replayed/from"]!, System.Globalization.CultureInfo.InvariantCulture));
    }

    private protected sealed record Prepared(SignedIn Owner, Dictionary<string, string> Users, Authenticator App, string RevokedKey, string KeptKey);
}
