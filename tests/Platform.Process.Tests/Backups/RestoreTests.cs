using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Platform.Process.Tests.Backups;

/// <summary>Backup under load, further endings, loss of everything but the master key, restore (row DR).</summary>
public sealed class RestoreTests(ITestOutputHelper output) : BackupProcessTest(output)
{
    private const string NewPassword = "Louder-Harbour-72";

    private readonly ConcurrentQueue<string> _acknowledged = new();

    [Fact]
    [Trait("Threat", "T78"), Trait("Fault", "F21")]
    public async Task Restore_AfterEndingsOfEveryKind_RevivesNothingAndLosesNothingAcknowledged()
    {
        var platform = await StartAsync();
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        (await platform.SendAsync("PATCH", "/v1/operator/tenants/acme", new { features = new { twoFactor = true } }, (await platform.SignInAsync()).Token)).ShouldBe(HttpStatusCode.OK);
        var owner = await platform.SignInAsync("acme", "owner");
        await platform.CreateUserAsync(owner.Token, "acme", "canary-bob");
        await platform.CreateUserAsync(owner.Token, "acme", "carol");
        var (bob, kept, carol) = (await platform.SignInAsync("acme", "canary-bob"), await platform.SignInAsync("acme", "canary-bob"), await platform.SignInAsync("acme", "carol"));
        var app = await EnrolAsync(platform, carol.Token);
        var key = (await platform.SendAsync("POST", "/v1/tenants/acme/api-keys", new { name = "back end", scopes = new[] { "introspect", "read" } }, owner.Token)).ShouldBe(HttpStatusCode.Created).Json.GetProperty("key").GetString()!;
        (await platform.SendAsync("POST", "/v1/password/forgot", new { tenant = "acme", username = "canary-bob" })).ShouldBe(HttpStatusCode.Accepted);
        var link = (await OutboxFiles.WaitForAsync(Folder.Path, 1, mail => mail.Template == "password_reset")).Single().Data["token"];

        // Under load: what is acknowledged before the backup begins is in it.
        using var ending = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LoadAsync(platform, owner.Token, ending.Token)));
        while (_acknowledged.Count < 20) await Task.Yield();
        var acknowledged = _acknowledged.ToArray();
        var backup = await BackUpAsync(Folder);
        await ending.CancelAsync();
        await load;

        // What has ended since.
        (await platform.SignOutAsync(bob.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await platform.SendAsync("DELETE", $"/v1/tenants/acme/api-keys/{await KeyIdAsync(platform, owner.Token)}", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await platform.SendAsync("POST", "/v1/password/reset", new { token = link, newPassword = NewPassword })).ShouldBe(HttpStatusCode.NoContent);
        await platform.KillAsync();
        await ShouldHoldNoSecretAsync(backup, "canary-bob", key, link, Convert.ToHexString(app.Secret));

        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        var run = await RestoreAsync(backup, elsewhere);
        run.ExitCode.ShouldBe(0, run.ToString());
        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(elsewhere), platform.OperatorPassword);

        foreach (var dead in (string[])[bob.Token, kept.Token, carol.Token, owner.Token]) (await restored.PeekAsync(dead)).ShouldBe(HttpStatusCode.Unauthorized);
        (await restored.SendAsync("GET", "/v1/tenants/acme/users", token: key)).ShouldBe(HttpStatusCode.Unauthorized);
        (await restored.SendAsync("POST", "/v1/password/reset", new { token = link, newPassword = NewPassword })).ShouldBe(HttpStatusCode.BadRequest);

        // The password of the backup may have been replaced since: alone it opens nothing.
        var asked = (await restored.TrySignInAsync("acme", "canary-bob", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK).Json;
        asked.GetProperty("status").GetString().ShouldBe("password_change_required");
        asked.TryGetProperty("token", out _).ShouldBeFalse();
        (await ChooseAsync(restored, "canary-bob")).Token.ShouldNotBeEmpty();
        (await restored.TrySignInAsync("acme", "canary-bob", ApiCalls.Password)).ShouldBe(HttpStatusCode.Unauthorized);

        // A second factor shows that it is she.
        var challenge = (await restored.TrySignInAsync("acme", "carol", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("challenge").GetString();
        var code = app.CodeAt(Time.GetUtcNow() + TimeSpan.FromSeconds(30));
        (await restored.SendAsync("POST", "/v1/sign-in/second-factor", new { challenge, method = "totp", code })).ShouldBe(HttpStatusCode.OK);

        await CheckLogAsync(restored, (await ChooseAsync(restored, "owner")).Token, acknowledged, Path.GetFileName(backup));
        restored.ShouldHaveDeniedNoCall();
    }

    [Fact]
    public async Task Restore_IntoADatabaseThatIsUsed_IsRefusedAndTheStartOfACutOffOneToo()
    {
        var platform = await StartAsync();
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        var backup = await BackUpAsync(Folder);

        var refused = await RestoreAsync(backup, Folder);
        (refused.ExitCode, refused.Output.Contains("Restored", StringComparison.Ordinal)).ShouldBe((1, false), refused.ToString());
        (await platform.SignInAsync()).Token.ShouldNotBeEmpty();
        await platform.StopAsync();
        refused = await RestoreAsync(backup, Folder);
        refused.ExitCode.ShouldBe(1, refused.ToString());
        refused.Errors.ShouldMatch("holds a database already|is not empty");
    }

    /// <summary>It leaves no mark behind, with which no process would start.</summary>
    [Fact]
    public async Task Recovered_OfADatabaseWithoutEvents_LeavesItAsItWasBeforeTheFirstStart()
    {
        Directory.CreateDirectory(Path.Combine(Folder.Path, "keys"));
        await File.WriteAllBytesAsync(Path.Combine(Folder.Path, "keys", "master.key"), System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        (await RunAsync(Folder, "migrate")).ExitCode.ShouldBe(0);

        var recovered = await RunAsync(Folder, "restore", "--recovered");

        recovered.ExitCode.ShouldBe(0, recovered.ToString());
        recovered.Output.ShouldContain("no event");
        (await (await StartAsync()).SignInAsync()).Token.ShouldNotBeEmpty();
    }

    internal static async Task<Authenticator> EnrolAsync(PlatformProcess platform, string token)
    {
        var app = new Authenticator((await platform.SendAsync("POST", "/v1/me/totp", token: token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("otpauthUri").GetString()!);
        (await platform.SendAsync("POST", "/v1/me/totp/confirm", new { code = app.CodeAt(Time.GetUtcNow()) }, token)).ShouldBe(HttpStatusCode.OK);
        return app;
    }

    private async Task LoadAsync(PlatformProcess platform, string token, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            var made = (await platform.SendAsync("POST", "/v1/tenants/acme/scenarios", new { name = "load", kind = "scenario", content = new { } }, token)).ShouldBe(HttpStatusCode.Created);
            _acknowledged.Enqueue(made.Json.GetProperty("id").GetString()!);
        }
    }

    private static async Task<string> KeyIdAsync(PlatformProcess platform, string token) =>
        (await platform.SendAsync("GET", "/v1/tenants/acme/api-keys", token: token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("items")[0].GetProperty("id").GetString()!;

    private static async Task<SignedIn> ChooseAsync(PlatformProcess platform, string username)
    {
        var challenge = (await platform.TrySignInAsync("acme", username, ApiCalls.Password)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("challenge").GetString();
        return SignedIn.Of(await platform.SendAsync("POST", "/v1/sign-in/new-password", new { challenge, newPassword = NewPassword }));
    }

    private static async Task CheckLogAsync(PlatformProcess platform, string token, string[] acknowledged, string backup)
    {
        foreach (var scenario in acknowledged) (await platform.SendAsync("GET", $"/v1/tenants/acme/scenarios/{scenario}", token: token)).ShouldBe(HttpStatusCode.OK);
        var verified = (await platform.SendAsync("GET", "/v1/tenants/acme/audit-events/verify", token: token)).ShouldBe(HttpStatusCode.OK).Json;
        verified.GetProperty("valid").GetBoolean().ShouldBeTrue(verified.GetRawText());
        var actions = new List<string>();
        await foreach (var entry in platform.ListAsync("/v1/tenants/acme/audit-events", token))
        {
            actions.Add(entry.GetProperty("action").GetString()!);
            if (actions[^1] == "tenant.restored") entry.GetRawText().ShouldContain(backup);
        }

        actions.Count(action => action == "tenant.restored").ShouldBe(1);
        actions.Count(action => action == "api_key.revoked").ShouldBe(1, "the first time was lost");
    }

    private static async Task ShouldHoldNoSecretAsync(string backup, params string[] secrets)
    {
        foreach (var file in Directory.GetFiles(backup))
        {
            var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            foreach (var secret in secrets) text.ShouldNotContain(secret, Case.Sensitive, Path.GetFileName(file));
        }
    }
}
