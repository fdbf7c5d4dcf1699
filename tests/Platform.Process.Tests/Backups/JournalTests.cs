using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Process.Tests.Backups;

/// <summary>A restore beside a journal of endings on another disk (decision 118).</summary>
public sealed class JournalTests(ITestOutputHelper output) : BackupProcessTest(output), IAsyncDisposable
{
    private const string NewPassword = "Louder-Harbour-72";

    private readonly DirectoryInfo _journal = Directory.CreateTempSubdirectory("platform-journal-");

    private (string Key, string Value)[] Settings => [("Platform__Backups__Journal", _journal.FullName)];

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        Directory.Delete(Target, recursive: true);
        _journal.Delete(recursive: true);
    }

    [Fact]
    [Trait("Threat", "T78"), Trait("Fault", "F21")]
    public async Task Restore_WithTheWholeJournal_EndsAgainWhatHadEndedAndLeavesTheRest()
    {
        var platform = await StartAsync(Settings);
        var before = await PrepareAsync(platform);
        var backup = await BackUpAsync(Folder);
        await EndAllAsync(platform, before);
        await platform.KillAsync();

        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        var run = await RunAsync(elsewhere, "restore", "--from", backup, "--journal", _journal.FullName);
        run.ExitCode.ShouldBe(0, run.ToString());
        run.Output.ShouldContain("whole for 4 of 4 tenants");
        run.Output.ShouldContain("acme: 1 changes");
        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(elsewhere) { Settings = Settings }, platform.OperatorPassword);

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

    [Fact]
    [Trait("Threat", "T78"), Trait("Fault", "F21")]
    public async Task Restore_WithAHoleInTheJournal_EndsWhatItKnowsAndAllThatCouldHaveEnded()
    {
        var platform = await StartAsync(Settings);
        var before = await PrepareAsync(platform);
        var backup = await BackUpAsync(Folder);
        await SetStatusAsync(platform, before, "dave");
        await platform.StopAsync();
        var first = Directory.GetFiles(_journal.FullName).Single();

        // A second file, and in between one that got lost.
        var again = await StartAsync(Settings, platform.OperatorPassword);
        await SetStatusAsync(again, before with { Owner = await again.SignInAsync("acme", "owner") }, "greta");
        await again.StopAsync();
        var lost = Directory.GetFiles(_journal.FullName).Single(file => file != first);
        var last = await StartAsync(Settings, platform.OperatorPassword);
        await SetStatusAsync(last, before with { Owner = await last.SignInAsync("acme", "owner") }, "kim");
        await last.StopAsync();
        File.Delete(lost);
        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        var run = await RunAsync(elsewhere, "restore", "--from", backup, "--journal", _journal.FullName);
        run.ExitCode.ShouldBe(0, run.ToString());
        run.Output.ShouldContain($"{Path.GetFileName(lost)} is missing");
        run.Output.ShouldContain("whole for 0 of 4 tenants");
        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(elsewhere), platform.OperatorPassword);

        foreach (var known in (string[])["dave", "kim"]) (await restored.TrySignInAsync("acme", known, ApiCalls.Password)).Status.ShouldBe(HttpStatusCode.Unauthorized, known);
        var asked = (await restored.TrySignInAsync("acme", "owner", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK).Json;
        asked.GetProperty("status").GetString().ShouldBe("password_change_required");
        (await restored.SendAsync("GET", "/v1/tenants/acme/users", token: before.KeptKey)).ShouldBe(HttpStatusCode.Unauthorized);
        var owner = SignedIn.Of(await restored.SendAsync("POST", "/v1/sign-in/new-password", new { challenge = asked.GetProperty("challenge").GetString(), newPassword = NewPassword }));
        await CheckLogAsync(restored, owner.Token, "incomplete");
    }

    [Fact]
    [Trait("Threat", "T78")]
    public async Task Restore_WithAJournalThatWasAltered_IsRefusedBeforeAnythingIsTouched()
    {
        var platform = await StartAsync(Settings);
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        var backup = await BackUpAsync(Folder);
        await platform.KillAsync();
        var file = Directory.GetFiles(_journal.FullName).Single();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("session.signed_in", "session.signed_on", StringComparison.Ordinal));

        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        var refused = await RunAsync(elsewhere, "restore", "--from", backup, "--journal", _journal.FullName);
        (refused.ExitCode, refused.Errors.Contains("was altered", StringComparison.Ordinal)).ShouldBe((1, true), refused.ToString());
        (await RunAsync(elsewhere, "restore", "--from", backup, "--journal", _journal.FullName, "--without-journal")).ExitCode.ShouldBe(1);
        (await RunAsync(elsewhere, "restore", "--from", backup, "--without-journal")).ExitCode.ShouldBe(0);
    }

    [Fact]
    [Trait("Fault", "F21"), Trait("Threat", "T74")]
    public async Task Change_WithoutTheJournalsDisk_IsRefusedUntilItIsBack()
    {
        var platform = await StartAsync(Settings);
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        var owner = await platform.SignInAsync("acme", "owner");
        var bob = (await platform.CreateUserAsync(owner.Token, "acme", "bob")).ShouldBe(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        var away = _journal.FullName + ".away";
        Directory.Move(_journal.FullName, away);

        (await platform.SendAsync("PATCH", $"/v1/tenants/acme/users/{bob}", new { status = "disabled" }, owner.Token)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await platform.PeekAsync(owner.Token)).Status.ShouldBe(HttpStatusCode.OK, "validation needs no journal");
        (await platform.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK).Text.ShouldMatch("\"journal\" ?: ?\"degraded\"");
        await platform.WaitForLogAsync("EndingJournalFailed");

        Directory.Move(away, _journal.FullName);
        (await platform.SendAsync("PATCH", $"/v1/tenants/acme/users/{bob}", new { status = "disabled" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await platform.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK).Text.ShouldNotContain("degraded");
        var actions = new List<string>();
        await foreach (var entry in platform.ListAsync("/v1/tenants/acme/audit-events", owner.Token)) actions.Add(entry.GetProperty("action").GetString()!);
        actions.Count(action => action == "user.disabled").ShouldBe(1);
    }

    /// <summary>Kill -9 around the answer: what was answered is in the journal.</summary>
    [Fact]
    [Trait("Fault", "F21"), Trait("Threat", "T78")]
    public async Task Kill_BetweenEndingAndAnswer_JournalHasWhateverWasAcknowledged()
    {
        const int Rounds = 20;
        var random = new Random(118);
        var platform = await StartAsync(Settings);
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        var acknowledged = new List<string>();
        int Answered()
        {
            lock (acknowledged) return acknowledged.Count;
        }

        for (var round = 0; round < Rounds; round++)
        {
            var owner = await platform.SignInAsync("acme", "owner");
            var users = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i => (await platform.CreateUserAsync(owner.Token, "acme", $"user{round}x{i}")).ShouldBe(HttpStatusCode.Created).Json.GetProperty("id").GetString()!));
            var (before, answers) = (acknowledged.Count, random.Next(0, 5));
            var ending = Task.WhenAll(users.Select(user => EndAsync(platform, owner.Token, user, acknowledged)));
            while (Answered() < before + answers && !ending.IsCompleted) await Task.Yield();
            await platform.KillAsync();
            await ending;
            platform = await RestartAsync(platform);
        }

        var journal = string.Concat(Directory.GetFiles(_journal.FullName).Select(File.ReadAllText)).Split('\n');
        foreach (var user in acknowledged) journal.ShouldContain(line => line.Contains("user.disabled", StringComparison.Ordinal) && line.Contains(user, StringComparison.Ordinal));
        Output.WriteLine($"{acknowledged.Count} of {Rounds * 6} endings were acknowledged");
        acknowledged.Count.ShouldBeGreaterThan(Rounds);
        (await platform.SendAsync("GET", "/v1/tenants/acme/audit-events/verify", token: (await platform.SignInAsync("acme", "owner")).Token)).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    private static async Task EndAsync(PlatformProcess platform, string token, string user, List<string> acknowledged)
    {
        try
        {
            var answer = await platform.SendAsync("PATCH", $"/v1/tenants/acme/users/{user}", new { status = "disabled" }, token);
            if (answer.Status != HttpStatusCode.OK) return;
            lock (acknowledged) acknowledged.Add(user);
        }
        catch (HttpRequestException)
        {
            // Killed: no answer.
        }
    }

    private static async Task<Prepared> PrepareAsync(PlatformProcess platform)
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
    private static async Task EndAllAsync(PlatformProcess platform, Prepared before)
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

    private static async Task SetStatusAsync(PlatformProcess platform, Prepared before, string name) =>
        (await platform.SendAsync("PATCH", $"/v1/tenants/acme/users/{before.Users[name]}", new { status = "disabled" }, before.Owner.Token)).ShouldBe(HttpStatusCode.OK);

    private static async Task<string?> RoleOfAsync(PlatformProcess platform, SignedIn owner, string user) =>
        (await platform.SendAsync("GET", $"/v1/tenants/acme/users/{user}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("role").GetString();

    private static async Task CheckLogAsync(PlatformProcess platform, string token, string journal)
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

    private sealed record Prepared(SignedIn Owner, Dictionary<string, string> Users, Authenticator App, string RevokedKey, string KeptKey);
}
