using System.Net;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Commands;

/// <summary><c>reset-operator</c> as whoever is locked out runs it.</summary>
public sealed class ResetOperatorTests(ITestOutputHelper output) : ProcessTest(output)
{
    private const string Shown = "One-time display: ";

    [Fact]
    [Trait("Threat", "T77")]
    public async Task Reset_OperatorWithASecondFactor_LetsInByTheNewPasswordAloneAndSaysWho()
    {
        var platform = await StartAsync();
        var session = (await platform.SignInAsync()).Token;
        await EnrolAsync(platform, session);
        (await platform.StopAsync()).ShouldBe(0);

        var ended = await RunAsync("operator");

        ended.ExitCode.ShouldBe(0, ended.ToString());
        ended.Errors.ShouldBeEmpty();
        ended.Output.ShouldContain("The second factors are removed; sessions ended: 1.");
        var password = ended.Output.Split('\n').Single(line => line.Contains(Shown, StringComparison.Ordinal)).Split(Shown)[1].Trim();
        (await Folder.PlacesWithAsync(password)).ShouldBeEmpty();

        platform = await RestartAsync(platform);
        (await platform.PeekAsync(session)).ShouldBe(HttpStatusCode.Unauthorized);
        (await platform.TrySignInAsync("platform", "operator", platform.OperatorPassword)).ShouldBe(HttpStatusCode.Unauthorized);
        var first = (await platform.TrySignInAsync("platform", "operator", password)).ShouldBe(HttpStatusCode.OK);
        first.String("status").ShouldBe("password_change_required");
        var chosen = (await platform.SendAsync("POST", "/v1/sign-in/new-password", new { challenge = first.String("challenge"), newPassword = ApiCalls.Password })).ShouldBe(HttpStatusCode.OK);
        chosen.String("status").ShouldBe("signed_in");
        (await platform.TrySignInAsync("platform", "operator", password)).ShouldBe(HttpStatusCode.Unauthorized);

        await ShouldBeLoggedAsync(platform, chosen.String("token")!);
        platform.Log.ShouldNotContain(password);
    }

    [Fact]
    [Trait("Fault", "F15")]
    public async Task Reset_WhileThePlatformRuns_IsRefusedAndChangesNothing()
    {
        var platform = await StartAsync();
        var session = await platform.SignInAsync();

        ShouldBeRefused(await RunAsync("operator"), $"Another process uses the data directory {Folder.Path}.");

        (await platform.TouchAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
        await platform.SignInAsync();
    }

    [Fact]
    public async Task Reset_NobodyWhoMayOperate_IsRefusedAndChangesNothing()
    {
        var platform = await StartAsync();
        var token = (await platform.SignInAsync()).Token;
        await platform.CreateTenantAsync(token, "acme");
        (await platform.CreateUserAsync(token, "platform", "vera")).ShouldBe(HttpStatusCode.Created);
        (await platform.StopAsync()).ShouldBe(0);

        ShouldBeRefused(await RunAsync("owner"), "There is no user 'owner' in tenant 'platform'.");
        ShouldBeRefused(await RunAsync("vera"), "'vera' of tenant 'platform' is no operator.");
        ShouldBeRefused(await RunAsync(""), "There is no user '' in tenant 'platform'.");
        ShouldBeRefused(await RunAsync("operator", ("Platform__Environment", "production")), "The database is of environment 'development', this process of 'production'");

        platform = await RestartAsync(platform);
        await platform.SignInAsync();
        await platform.SignInAsync("platform", "vera");
    }

    [Fact]
    public async Task Reset_NoPlatformOrNoName_IsRefusedAndMakesNothing()
    {
        ShouldBeRefused(await PlatformProcess.RunToEndAsync(new PlatformStart(Folder) { Arguments = ["reset-operator"] }), "Name the operator: reset-operator <username>");
        ShouldBeRefused(await RunAsync("operator"), TestDatabases.ArePostgres ? $"The master key {Path.Combine(Folder.Path, "keys", "master.key")} is missing." : $"There is no platform in the data directory {Folder.Path}.");

        Directory.Exists(Folder.Path).ShouldBeFalse("nothing is made");
    }

    private static async Task EnrolAsync(PlatformProcess platform, string token)
    {
        (await platform.SendAsync("PATCH", "/v1/operator/tenants/platform", new { features = new { twoFactor = true } }, token)).ShouldBe(HttpStatusCode.OK);
        var app = new Authenticator((await platform.SendAsync("POST", "/v1/me/totp", token: token)).ShouldBe(HttpStatusCode.OK).String("otpauthUri")!);
        (await platform.SendAsync("POST", "/v1/me/totp/confirm", new { code = app.CodeAt(Time.GetUtcNow()) }, token)).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task ShouldBeLoggedAsync(PlatformProcess platform, string token)
    {
        var byCommand = new List<string>();
        await foreach (var entry in platform.ListAsync("/v1/tenants/platform/audit-events", token))
        {
            var actor = entry.GetProperty("actor");
            if (actor.GetProperty("type").GetString() != "command") continue;
            actor.GetProperty("id").GetString().ShouldBe("reset-operator");
            entry.GetProperty("userAgent").GetString().ShouldBe($"reset-operator, run by account '{Environment.UserName}' of the machine");
            byCommand.Add(entry.GetProperty("action").GetString()!);
        }

        byCommand.ShouldBe(["user.password_reset", "session.revoked", "user.second_factor_disabled"], ignoreOrder: true);
        (await platform.SendAsync("GET", "/v1/tenants/platform/audit-events/verify", token: token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    private Task<BashResult> RunAsync(string username, params (string Key, string Value)[] settings) =>
        PlatformProcess.RunToEndAsync(new PlatformStart(Folder) { Arguments = ["reset-operator", username], Settings = settings });

    private static void ShouldBeRefused(BashResult ended, string reason)
    {
        ended.ExitCode.ShouldBe(1, ended.ToString());
        var lines = ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2, ended.ToString());
        lines[0].ShouldBe("reset-operator cannot run:");
        lines[1].ShouldStartWith($" - {reason}");
    }
}
