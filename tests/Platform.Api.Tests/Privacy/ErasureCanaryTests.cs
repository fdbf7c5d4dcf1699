using Microsoft.Data.Sqlite;
using Platform.Api.Tests.SecondFactors;
using Platform.Api.Tests.Users;

namespace Platform.Api.Tests.Privacy;

/// <summary>After an erasure the whole database is searched, byte by byte, for what was typed.</summary>
public sealed class ErasureCanaryTests
{
    private static readonly string[] Canaries = ["kanarienvogel", "kanarien@example.com", "hagebutte@example.com", "weissdorn@example.com", "Kanarien-Browser"];

    [Fact, Trait("Threat", "T52")]
    public async Task Erase_WhateverWasTypedOfTheUser_IsNowhereInTheDatabase()
    {
        var host = new PlatformHost();
        await host.InitializeAsync();
        var number = SecondFactorCalls.NewNumber();
        var owner = await host.NewTwoFactorTenantAsync();
        var token = await LiveAsync();
        (await host.PeekAsync(token.Token)).ShouldBe(HttpStatusCode.OK);

        (await host.EraseAsync(token, owner.Token)).ShouldBe(HttpStatusCode.Accepted).Json.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.String);

        // At once, with the platform still running, and again when it has ended and folded its log.
        if (!TestDatabases.ArePostgres) Search(await TestDatabases.DumpAsync(host.Folder));
        await host.DisposeStartedAsync();
        Search(await TestDatabases.DumpAsync(host.Folder));
        await host.RemoveDataAsync();

        async Task<TestUser> LiveAsync()
        {
            (await host.SendAsync(
                "POST",
                $"/v1/tenants/{owner.Slug}/users",
                new { username = "kanarienvogel", email = "kanarien@example.com", password = ApiCalls.Password, mustChangePassword = false, role = "editor" },
                owner.Token,
                null,
                ("Idempotency-Key", "canary-1"))).ShouldBe(HttpStatusCode.Created);
            var signedIn = (await host.SendAsync(
                "POST", "/v1/sign-in", new { tenant = owner.Slug, username = "Kanarienvogel", password = ApiCalls.Password, transport = "token" }, null, null, ("User-Agent", "Kanarien-Browser")))
                .ShouldBe(HttpStatusCode.OK);
            var user = owner with { Id = signedIn.Json.GetProperty("session").GetProperty("userId").GetString()!, Username = "kanarienvogel", Token = signedIn.String("token")! };
            await host.TrySignInAsync(owner.Slug, "KANARIENVOGEL", "Wrong-Harbour-71");
            (await host.SendAsync("PATCH", PrivacyCalls.PathOf(user), new { email = "hagebutte@example.com" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
            (await host.ConfirmEmailAsync(await host.LinkAsync(owner.Slug, "hagebutte@example.com"))).ShouldBe(HttpStatusCode.NoContent);
            (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "kanarienvogel" })).ShouldBe(HttpStatusCode.Accepted);
            await host.WithPhoneAsync(user, number);
            (await host.RequestEmailAsync(owner, user.Id, "weissdorn@example.com")).ShouldBe(HttpStatusCode.OK);
            return user;
        }

        void Search(string dump)
        {
            dump.ShouldContain(token.Id, Case.Sensitive, "the search finds what is there");
            foreach (var canary in Canaries.Append(number)) dump.ShouldNotContain(canary, Case.Insensitive);
        }
    }

    /// <summary>A copy from before the erasure, restored with the keys of now: the user is not in it any more, the others are.</summary>
    [SqliteFact("A copy of the file"), Trait("Threat", "T52")]
    public async Task Restore_OfACopyFromBefore_WithTheKeysOfNow_ShowsNothingOfTheUser()
    {
        var host = new PlatformHost();
        await host.InitializeAsync();
        var copy = Directory.CreateTempSubdirectory("platform-copy-").FullName;
        var owner = await host.NewTenantAsync();
        var user = await host.NewUserAsync(owner, "kanarienvogel", "editor");
        var stays = await host.NewUserAsync(owner, "amsel", "viewer");
        await SqlAsync(host.Folder, $"VACUUM INTO '{copy}/platform.db'");
        var before = await TestDatabases.DumpAsync(copy);
        before.ShouldContain(user.Id);
        before.ShouldNotContain("kanarienvogel", Case.Insensitive);

        (await host.EraseAsync(user, owner.Token)).ShouldBe(HttpStatusCode.Accepted).Json.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.String);
        await host.DisposeStartedAsync();
        await SqlAsync(copy, $"ATTACH '{host.Folder}/platform.db' AS now; DELETE FROM data_keys; INSERT INTO data_keys SELECT * FROM now.data_keys");
        Directory.CreateDirectory(Path.Combine(copy, "keys"));
        foreach (var file in Directory.GetFiles(Path.Combine(host.Folder, "keys"))) File.Copy(file, Path.Combine(copy, "keys", Path.GetFileName(file)));

        await using (var restored = await new PlatformHost(copy, host.Time).StartedAsync())
        {
            var token = (await restored.SignInAsync(owner)).Token;
            (await restored.SendAsync("GET", PrivacyCalls.PathOf(user), token: token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            (await restored.TrySignInAsync(user.Slug, user.Username, user.Password)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
            var users = (await restored.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users", token: token)).ShouldBe(HttpStatusCode.OK).Text;
            users.ShouldContain(stays.Username);
            users.ShouldNotContain(user.Username);
            (await restored.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?limit=200", token: token)).ShouldBe(HttpStatusCode.OK).Text.ShouldNotContain(user.Username);
            (await restored.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events/verify", token: token)).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
        }

        Directory.Delete(copy, recursive: true);
        await host.RemoveDataAsync();
    }

    private static async Task SqlAsync(string folder, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "platform.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
