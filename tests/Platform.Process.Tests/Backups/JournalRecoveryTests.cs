using System.Net;

namespace Platform.Process.Tests.Backups;

/// <summary>The other ways to a restored database beside a journal of endings, and a restore that is killed on its way.</summary>
[Trait("Threat", "T78")]
public sealed class JournalRecoveryTests(ITestOutputHelper output) : JournalTest(output)
{
    private const int Rounds = 20;

    /// <summary>As after recovery to a point in time, or from a snapshot of the disk: the database is older than what the journal knows.</summary>
    [Fact, Trait("Fault", "F21")]
    public async Task Recovered_WithTheWholeJournal_EndsAgainWhatHadEnded()
    {
        var platform = await StartAsync(Settings);
        var before = await PrepareAsync(platform);
        await platform.StopAsync();
        await using var snapshot = new DataFolder();
        await CopyAsync(Folder, snapshot);
        var again = await StartAsync(Settings, platform.OperatorPassword);
        await EndAllAsync(again, before with { Owner = await again.SignInAsync("acme", "owner") });
        await again.KillAsync();

        var run = await RunAsync(snapshot, "restore", "--recovered", "--journal", Journal);
        run.ExitCode.ShouldBe(0, run.ToString());
        run.Output.ShouldContain("whole for 4 of 4 tenants");
        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(snapshot) { Settings = Settings }, platform.OperatorPassword);

        await ShouldHaveEndedAsync(restored, before);
    }

    /// <summary>Data of one backup with the data keys of a newer one: whoever was erased in between is unreadable, and the journal says so besides.</summary>
    [Fact, Trait("Fault", "F21"), Trait("Threat", "T52")]
    public async Task Restore_WithNewerDataKeysAndTheJournal_EndsAgainWhatHadEnded()
    {
        var platform = await StartAsync(Settings);
        var before = await PrepareAsync(platform);
        var data = await BackUpAsync(Folder);
        await EndAllAsync(platform, before);
        var keys = await BackUpAsync(Folder);
        keys.ShouldNotBe(data);
        await platform.KillAsync();

        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        var run = await RunAsync(elsewhere, "restore", "--from", data, "--data-keys", keys, "--journal", Journal);
        run.ExitCode.ShouldBe(0, run.ToString());
        run.Output.ShouldContain("whole for 4 of 4 tenants");
        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(elsewhere) { Settings = Settings }, platform.OperatorPassword);

        await ShouldHaveEndedAsync(restored, before);
        restored.Log.ShouldNotContain("Unreadable");
    }

    [Fact, Trait("Fault", "F21")]
    public async Task Kill_OfRestoresWithAJournal_LeavesNothingThatStartsAndARestoreThatWorks()
    {
        var random = new Random(2118);
        var platform = await StartAsync(Settings);
        var before = await PrepareAsync(platform);
        var backup = await BackUpAsync(Folder);
        await EndAllAsync(platform, before);
        await platform.KillAsync();
        string[] restore = ["restore", "--from", backup, "--journal", Journal];

        // How long one takes here, so that the kills fall anywhere in it.
        await using var measured = new DataFolder();
        CopyMasterKey(Folder, measured);
        var started = Time.GetTimestamp();
        (await RunAsync(measured, restore)).ExitCode.ShouldBe(0);
        var whole = (int)Time.GetElapsedTime(started).TotalMilliseconds;

        var (place, ended) = (new DataFolder(), 0);
        CopyMasterKey(Folder, place);
        for (var round = 0; round < Rounds; round++)
        {
            await KillAsync(place, TimeSpan.FromMilliseconds(random.Next(50, whole)), restore);

            // Half of a restore: no process starts on it. Nothing, or all of it: as if it had not been killed.
            var probe = await RunAsync(place, "backup", "--to", Target + ".probe");
            if (probe.ExitCode != 0)
            {
                probe.Errors.ShouldMatch("nothing to back up|cut off");
                continue;
            }

            ended++;
            await ShouldBeWholeAsync(place, platform.OperatorPassword, before);
            await place.DisposeAsync();
            place = new DataFolder();
            CopyMasterKey(Folder, place);
        }

        Output.WriteLine($"a restore took {whole} ms; {ended} of {Rounds} had ended before they were killed");
        (await RunAsync(place, restore)).ExitCode.ShouldBe(0);
        await ShouldBeWholeAsync(place, platform.OperatorPassword, before);
        await ShouldBeWholeAsync(measured, platform.OperatorPassword, before);
        await place.DisposeAsync();
        if (Directory.Exists(Target + ".probe")) Directory.Delete(Target + ".probe", recursive: true);
    }

    private async Task ShouldBeWholeAsync(DataFolder place, string operatorPassword, Prepared before)
    {
        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(place), operatorPassword);
        await ShouldHaveEndedAsync(restored, before);
        (await restored.StopAsync()).ShouldBe(0);
    }
}
