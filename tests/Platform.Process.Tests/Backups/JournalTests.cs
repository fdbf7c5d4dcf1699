using System.Net;

namespace Platform.Process.Tests.Backups;

/// <summary>A restore beside a journal of endings on another disk (decision 118).</summary>
public sealed class JournalTests(ITestOutputHelper output) : JournalTest(output)
{
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
        var run = await RunAsync(elsewhere, "restore", "--from", backup, "--journal", Journal);
        run.ExitCode.ShouldBe(0, run.ToString());
        run.Output.ShouldContain("whole for 4 of 4 tenants");
        run.Output.ShouldContain("acme: 1 changes");
        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(elsewhere) { Settings = Settings }, platform.OperatorPassword);

        await ShouldHaveEndedAsync(restored, before);
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
        var first = Directory.GetFiles(Journal).Single();

        // A second file, and in between one that got lost.
        var again = await StartAsync(Settings, platform.OperatorPassword);
        await SetStatusAsync(again, before with { Owner = await again.SignInAsync("acme", "owner") }, "greta");
        await again.StopAsync();
        var lost = Directory.GetFiles(Journal).Single(file => file != first);
        var last = await StartAsync(Settings, platform.OperatorPassword);
        await SetStatusAsync(last, before with { Owner = await last.SignInAsync("acme", "owner") }, "kim");
        await last.StopAsync();
        File.Delete(lost);
        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        var run = await RunAsync(elsewhere, "restore", "--from", backup, "--journal", Journal);
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
        var file = Directory.GetFiles(Journal).Single();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("session.signed_in", "session.signed_on", StringComparison.Ordinal));

        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        var refused = await RunAsync(elsewhere, "restore", "--from", backup, "--journal", Journal);
        (refused.ExitCode, refused.Errors.Contains("was altered", StringComparison.Ordinal)).ShouldBe((1, true), refused.ToString());
        (await RunAsync(elsewhere, "restore", "--from", backup, "--journal", Journal, "--without-journal")).ExitCode.ShouldBe(1);
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
        var away = Journal + ".away";
        Directory.Move(Journal, away);

        (await platform.SendAsync("PATCH", $"/v1/tenants/acme/users/{bob}", new { status = "disabled" }, owner.Token)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await platform.PeekAsync(owner.Token)).Status.ShouldBe(HttpStatusCode.OK, "validation needs no journal");
        (await platform.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK).Text.ShouldMatch("\"journal\" ?: ?\"degraded\"");
        await platform.WaitForLogAsync("EndingJournalFailed");

        Directory.Move(away, Journal);
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

        var journal = string.Concat(Directory.GetFiles(Journal).Select(File.ReadAllText)).Split('\n');
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
}
