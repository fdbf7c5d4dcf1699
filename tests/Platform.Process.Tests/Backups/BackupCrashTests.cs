using System.Net;

namespace Platform.Process.Tests.Backups;

/// <summary>Kill -9 at random moments of backups and restores.</summary>
public sealed class BackupCrashTests(ITestOutputHelper output) : BackupProcessTest(output)
{
    private const int Rounds = 20;

    [Fact]
    [Trait("Fault", "F21"), Trait("Threat", "T78")]
    public async Task Kill_OfBackupsAndRestores_LeavesNothingThatPassesForOne()
    {
        var random = new Random(21);
        var platform = await StartAsync();
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        var live = await platform.SignInAsync("acme", "owner");
        var whole = await BackUpAsync(Folder);
        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        var restored = false;
        for (var round = 0; round < Rounds; round++)
        {
            if (round % 2 == 0)
            {
                await KillAsync(Folder, TimeSpan.FromMilliseconds(random.Next(50, 900)), "backup", "--to", Target);
                (await platform.PeekAsync(live.Token)).ShouldBe(HttpStatusCode.OK);
            }
            else if (!restored)
            {
                await KillAsync(elsewhere, TimeSpan.FromMilliseconds(random.Next(50, 3_500)), "restore", "--from", whole);

                // Half of a restore: no process starts on it. Nothing, or all of it: as if it had not been killed.
                var run = await RunAsync(elsewhere, "backup", "--to", Target + ".probe");
                restored = run.ExitCode == 0;
                if (!restored) run.Errors.ShouldMatch("nothing to back up|cut off");
            }
        }

        if (!restored) (await RestoreAsync(whole, elsewhere)).ExitCode.ShouldBe(0);
        await using (var second = await PlatformProcess.StartAsync(new PlatformStart(elsewhere), platform.OperatorPassword))
        {
            (await second.PeekAsync(live.Token)).ShouldBe(HttpStatusCode.Unauthorized);
            (await second.TrySignInAsync("acme", "owner", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("status").GetString().ShouldBe("password_change_required");
        }

        // Whatever has the name of a backup is one.
        foreach (var backup in Backups())
        {
            await using var another = new DataFolder();
            CopyMasterKey(Folder, another);
            (await RestoreAsync(backup, another)).ExitCode.ShouldBe(0);
        }

        if (Directory.Exists(Target + ".probe")) Directory.Delete(Target + ".probe", recursive: true);
    }
}
