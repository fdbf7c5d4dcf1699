using System.Net;
using System.Security.Cryptography;

namespace Platform.Process.Tests.KeyRotation;

/// <summary>The master key is rotated beside a platform under load, and without one.</summary>
public sealed class RotationTests(ITestOutputHelper output) : RotationTest(output)
{
    private const string NewPassword = "Louder-Harbour-72";

    private int _calls;

    [Fact]
    [Trait("Threat", "T77"), Trait("Threat", "T31")]
    public async Task Rotate_UnderLoad_LosesNothingAndLeavesTheFormerKeyWithoutUse()
    {
        var platform = await StartAsync();
        var estate = await SettleAsync(platform);
        await platform.CreateUserAsync(estate.Owner, "acme", "dave");
        (await platform.SendAsync("POST", "/v1/password/forgot", new { tenant = "acme", username = "dave" })).ShouldBe(HttpStatusCode.Accepted);
        var link = (await OutboxFiles.WaitForAsync(Folder.Path, 1, mail => mail.Template == "password_reset")).Single().Data["token"];
        var before = await BackUpAsync(Folder);
        var (first, firstId) = (await File.ReadAllBytesAsync(KeyPath), IdOf(KeyPath));

        using var ending = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => LoadAsync(platform, estate, ending.Token)));
        while (Volatile.Read(ref _calls) < 20) await Task.Yield();
        var rotated = await RotateAsync();
        var atRotation = Volatile.Read(ref _calls);
        while (Volatile.Read(ref _calls) < atRotation + 20) await Task.Yield();
        await ending.CancelAsync();
        await load;

        // Both keys are held: links of before count.
        var second = Directory.GetFiles(Keys, "master-*.key").ShouldHaveSingleItem();
        rotated.Output.ShouldContain($"Key {firstId} is retired after ");
        rotated.Output.ShouldContain($"The current key is {IdOf(second)}.");
        (await platform.SendAsync("GET", "/readyz")).Json.GetProperty("details").GetProperty("masterKey").GetString()!.ShouldContain("being rotated");
        await estate.ShouldWorkAsync(platform);
        (await platform.SendAsync("POST", "/v1/password/reset", new { token = link, newPassword = NewPassword })).ShouldBe(HttpStatusCode.NoContent);
        await ShouldBeLoggedAsync(platform, "master_key.rotated", firstId);
        var between = await BackUpAsync(Folder);

        // A link of now is sealed by the new key, and counts beyond the retirement.
        (await platform.SendAsync("POST", "/v1/password/forgot", new { tenant = "acme", username = "dave" })).ShouldBe(HttpStatusCode.Accepted);
        link = (await OutboxFiles.WaitForAsync(Folder.Path, 2, mail => mail.Template == "password_reset")).MaxBy(mail => mail.CreatedAt)!.Data["token"];
        (await RotateAsync("--retire-now")).Output.ShouldContain($"Key {firstId} is retired.");
        await ShouldBeLoggedAsync(platform, "master_key.retired", firstId);
        Directory.GetFiles(Keys).Select(Path.GetFileName).Order().ShouldBe(["master.key", $"retired-{Time.GetUtcNow():yyyy-MM-dd}-{firstId}.key"]);
        (await platform.SendAsync("POST", "/v1/password/reset", new { token = link, newPassword = ApiCalls.Password })).ShouldBe(HttpStatusCode.NoContent);
        (await platform.SendAsync("GET", "/readyz")).Json.TryGetProperty("details", out _).ShouldBeFalse();
        var after = await BackUpAsync(Folder);
        (await platform.StopAsync()).ShouldBe(0);

        // The new key alone opens everything; the former one alone nothing.
        Directory.Move(Keys, Keys + "-all");
        Directory.CreateDirectory(Keys);
        File.Copy(Path.Combine(Keys + "-all", "master.key"), KeyPath);
        platform = await RestartAsync(platform);
        await estate.ShouldWorkAsync(platform);
        await estate.ShouldPassSecondFactorAsync(platform);
        (await platform.StopAsync()).ShouldBe(0);
        await File.WriteAllBytesAsync(KeyPath, first);
        var refused = await PlatformProcess.RunToEndAsync(new PlatformStart(Folder));
        refused.ExitCode.ShouldBe(1);
        refused.Errors.ShouldContain($"It is key {firstId}, the database needs key {IdOf(Path.Combine(Keys + "-all", "master.key"))}.");
        Directory.Delete(Keys, recursive: true);
        Directory.Move(Keys + "-all", Keys);

        // Of each time, with the keys of that time beside each other.
        foreach (var backup in (string[])[before, between, after])
        {
            await using var elsewhere = new DataFolder();
            Directory.CreateDirectory(Path.Combine(elsewhere.Path, "keys"));
            foreach (var key in Directory.GetFiles(Keys)) File.Copy(key, Path.Combine(elsewhere.Path, "keys", Path.GetFileName(key)));
            var run = await RestoreAsync(backup, elsewhere);
            run.ExitCode.ShouldBe(0, run.ToString());
            await using var restored = await PlatformProcess.StartAsync(new PlatformStart(elsewhere), platform.OperatorPassword);
            (await restored.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
            (await restored.TrySignInAsync("acme", "carol", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK);
        }
    }

    /// <summary>Data from before, data keys from after: who was erased in between stays erased.</summary>
    [Fact]
    [Trait("Threat", "T78"), Trait("Threat", "T52")]
    public async Task Restore_OfDataFromBeforeARotationWithDataKeysFromAfter_OpensAndErasesNobodyAnew()
    {
        var platform = await StartAsync();
        var estate = await SettleAsync(platform);
        var data = await BackUpAsync(Folder);
        await RotateAsync("--retire-now");
        var bob = (await platform.SendAsync("GET", "/v1/tenants/acme/users?q=bob", token: estate.Owner)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("items")[0].GetProperty("id").GetString();
        (await platform.SendAsync("POST", $"/v1/tenants/acme/users/{bob}/erase", token: estate.Owner)).ShouldBe(HttpStatusCode.Accepted);
        while ((await platform.SendAsync("GET", "/v1/tenants/acme/erasures", token: estate.Owner)).Json.GetProperty("items")[0].GetProperty("completedAt").ValueKind != System.Text.Json.JsonValueKind.String) await Task.Yield();
        var dataKeys = await BackUpAsync(Folder);
        (await platform.StopAsync()).ShouldBe(0);

        await using var elsewhere = new DataFolder();
        Directory.CreateDirectory(Path.Combine(elsewhere.Path, "keys"));
        foreach (var key in Directory.GetFiles(Keys)) File.Copy(key, Path.Combine(elsewhere.Path, "keys", Path.GetFileName(key)));
        var run = await RunAsync(elsewhere, "restore", "--from", data, "--data-keys", dataKeys);
        run.ExitCode.ShouldBe(0, run.ToString());
        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(elsewhere), platform.OperatorPassword);

        (await restored.TrySignInAsync("acme", "carol", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK);
        (await restored.TrySignInAsync("acme", "bob", ApiCalls.Password)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Trait("Threat", "T77")]
    public async Task Rotate_TwiceWithoutAPlatform_LeavesNoRowThatNamesAFormerKey()
    {
        var platform = await StartAsync();
        var estate = await SettleAsync(platform);
        (await platform.StopAsync()).ShouldBe(0);

        await RotateAsync("--retire-now");
        var second = await File.ReadAllBytesAsync(KeyPath);
        var (secondName, secondId) = (NameOf(KeyPath), IdOf(KeyPath));
        (await TestDatabases.DumpAsync(Folder.Path)).ShouldContain(Estate.Latin(secondName));
        await RotateAsync("--retire-now");

        (await File.ReadAllBytesAsync(KeyPath)).ShouldNotBe(second);
        var dump = await TestDatabases.DumpAsync(Folder.Path);
        dump.ShouldContain(Estate.Latin(NameOf(KeyPath)));
        dump.ShouldNotContain(Estate.Latin(secondName));
        dump.ShouldNotContain($"\"wrapped\":\"{Convert.ToBase64String(secondName)[..6]}");
        Directory.GetFiles(Keys, "retired-*.key").Length.ShouldBe(2);
        (await RotateAsync("--status")).Output.ShouldContain($"Key {secondId} is retired.");

        platform = await RestartAsync(platform);
        await estate.ShouldWorkAsync(platform);
        await estate.ShouldPassSecondFactorAsync(platform);
    }

    /// <summary>The key is in the environment of a process that runs: it takes part after its next start.</summary>
    [Fact]
    [Trait("Threat", "T77")]
    public async Task Rotate_KeysFromTheEnvironment_WaitsForTheProcessThatLacksTheNewOneAndNamesIt()
    {
        var (first, next) = (NewKey(), NewKey());
        var platform = await StartAsync(("Platform__MasterKey", first));
        var session = await platform.SignInAsync();

        var unclear = await PlatformProcess.RunToEndAsync(With([Command], ("Platform__MasterKey", first)));
        unclear.ExitCode.ShouldBe(1);
        unclear.Errors.ShouldContain("Make 32 random bytes, put them where every process finds them, and name them: Platform:NextMasterKeyFile, Platform__NextMasterKey or Platform:NextMasterKeyCommand.");
        var same = await PlatformProcess.RunToEndAsync(With([Command], ("Platform__MasterKey", first), ("Platform__NextMasterKey", first)));
        same.Errors.ShouldContain("Platform:NextMasterKey is the same key as Platform:MasterKey");
        var two = await PlatformProcess.RunToEndAsync(With([Command], ("Platform__MasterKey", first), ("Platform__NextMasterKey", next), ("Platform__NextMasterKeyFile", "/x")));
        two.Errors.ShouldContain("Platform:NextMasterKeyFile and Platform:NextMasterKey are set");

        var rotating = PlatformProcess.RunToEndAsync(With([Command, "--retire-now"], ("Platform__MasterKey", first), ("Platform__NextMasterKey", next)));
        await platform.WaitForLogAsync("MasterKeyMissing");
        (await PlatformProcess.RunToEndAsync(With([Command, "--status"], ("Platform__MasterKey", first)))).Output.ShouldContain("does not hold key");
        (await platform.PeekAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
        (await platform.StopAsync()).ShouldBe(0);
        platform = await StartAsync([("Platform__MasterKey", first), ("Platform__NextMasterKey", next)], platform.OperatorPassword);
        var done = await rotating;
        Output.WriteLine(done.ToString());
        done.ExitCode.ShouldBe(0, done.ToString());
        (await platform.PeekAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
        (await platform.StopAsync()).ShouldBe(0);

        platform = await StartAsync([("Platform__MasterKey", next)], platform.OperatorPassword);
        (await platform.PeekAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
        (await Folder.PlacesWithAsync(next)).ShouldBeEmpty();
        foreach (var said in (string[])[done.ToString(), platform.ToString()]) said.ShouldNotContain(next);
    }

    [Fact]
    public async Task Cancel_BeforeTheNewKeyWraps_WithdrawsIt()
    {
        var (first, next) = (NewKey(), NewKey());
        var platform = await StartAsync(("Platform__MasterKey", first));
        await KillAsync(Folder, TimeSpan.FromSeconds(3), [("Platform__MasterKey", first), ("Platform__NextMasterKey", next)], Command);

        var cancelled = await PlatformProcess.RunToEndAsync(With([Command, "--cancel"], ("Platform__MasterKey", first)));
        cancelled.ExitCode.ShouldBe(0, cancelled.ToString());
        cancelled.Output.ShouldContain("is withdrawn");
        (await PlatformProcess.RunToEndAsync(With([Command, "--cancel"], ("Platform__MasterKey", first)))).Errors.ShouldContain("No rotation of the master key is under way.");
        (await platform.StopAsync()).ShouldBe(0);
        (await (await RestartAsync(platform)).SignInAsync()).Token.ShouldNotBeEmpty();
    }

    private PlatformStart With(string[] arguments, params (string Key, string Value)[] settings) => new(Folder) { Arguments = arguments, Settings = settings };

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private async Task LoadAsync(PlatformProcess platform, Estate estate, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            (await platform.SendAsync("POST", "/v1/tenants/acme/scenarios", new { name = "load", kind = "scenario", content = new { } }, estate.Owner)).ShouldBe(HttpStatusCode.Created);
            (await platform.PeekAsync(estate.Carol)).ShouldBe(HttpStatusCode.OK);
            (await platform.SendAsync("GET", "/v1/tenants/acme/users", token: estate.ApiKey)).ShouldBe(HttpStatusCode.OK);
            Interlocked.Increment(ref _calls);
        }
    }

    private static async Task ShouldBeLoggedAsync(PlatformProcess platform, string action, string former)
    {
        var token = (await platform.SignInAsync()).Token;
        await foreach (var entry in platform.ListAsync("/v1/tenants/platform/audit-events", token))
        {
            if (entry.GetProperty("action").GetString() != action) continue;
            entry.GetProperty("actor").GetProperty("type").GetString().ShouldBe("command");
            entry.GetProperty("actor").GetProperty("id").GetString().ShouldBe(Command);
            entry.GetProperty("userAgent").GetString().ShouldBe($"{Command}, run by account '{Environment.UserName}' of the machine");
            entry.GetRawText().ShouldContain(former);
            return;
        }

        throw new ShouldAssertException($"The log says nothing of {action}.");
    }
}
