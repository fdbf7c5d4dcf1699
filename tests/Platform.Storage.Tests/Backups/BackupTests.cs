using System.Security.Cryptography;
using System.Text;
using Platform.Hosting;
using Platform.Security;
using Platform.Storage.Backups;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Backups;

/// <summary>What a backup holds, and what is refused before anything is touched.</summary>
public sealed class BackupTests
{
    [Fact, Trait("Fault", "F21")]
    public async Task Restore_OfABackupMadeBesideAnOpenDatabase_HoldsAllRowsAndIsMarked()
    {
        using var sample = await SampleBackup.MakeAsync();

        var manifest = await sample.RestoreAsync("restored");

        (manifest.Content.Rows["data_keys"], manifest.Content.Rows["scenarios"]).ShouldBe((1, 1));
        using (var restored = TestDatabase.Foreign(sample.PathOf("restored")))
        {
            restored.Scalar("SELECT name FROM scenarios").ShouldBe(SampleBackup.Canary);
            restored.Scalar("SELECT subject_id FROM data_keys").ShouldBe(SampleBackup.Canary);
        }

        (await Should.ThrowAsync<StartupException>(() => TestDatabase.OpenAsync(sample.PathOf("restored")))).Message.ShouldContain("cut off");
        File.GetUnixFileMode(Path.Combine(sample.PathOf("restored"), "platform.db")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>A restore that was cut off before its consequences begins anew.</summary>
    [Fact]
    public async Task Restore_OverOneThatWasCutOff_BeginsAnew()
    {
        using var sample = await SampleBackup.MakeAsync();
        await sample.RestoreAsync("restored");
        using (var half = TestDatabase.Foreign(sample.PathOf("restored"))) half.Scalar("DELETE FROM scenarios");

        await sample.RestoreAsync("restored");

        using var restored = TestDatabase.Foreign(sample.PathOf("restored"));
        restored.Scalar("SELECT count(*) FROM scenarios").ShouldBe(1L);
    }

    /// <summary>Whose recovery by other means was cut off has data that nothing may replace.</summary>
    [Fact]
    public async Task Restore_OverARecoveredDatabase_IsRefused()
    {
        using var sample = await SampleBackup.MakeAsync();
        var platform = Microsoft.Extensions.Options.Options.Create(new PlatformOptions { DataDirectory = sample.PathOf("data") });
        await using (var database = new SqliteBackup(platform, new BackupProgress(TextWriter.Null, TimeProvider.System))) await database.MarkRecoveredAsync(default);

        (await Should.ThrowAsync<StartupException>(() => TestDatabase.OpenAsync(sample.PathOf("data")))).Message.ShouldContain("restore");
        (await Should.ThrowAsync<BackupException>(() => sample.RestoreAsync("data"))).Message.ShouldContain("holds a database already");
    }

    [Fact, Trait("Threat", "T77")]
    public async Task Archives_WithoutTheKey_HoldNoneOfTheData()
    {
        using var sample = await SampleBackup.MakeAsync();

        foreach (var file in Directory.GetFiles(sample.Folder))
        {
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).ShouldNotContain(SampleBackup.Canary, Case.Sensitive, file);
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }

        Directory.GetDirectories(sample.PathOf("data")).ShouldBeEmpty("the copy is gone");
    }

    /// <summary>The archive that is kept long must not open what is erased.</summary>
    [Fact, Trait("Threat", "T52")]
    public async Task DataArchive_Opened_HoldsNoDataKey()
    {
        using var sample = await SampleBackup.MakeAsync();
        var opened = new MemoryStream();
        var archive = new StoredArchive(Path.Combine(sample.Folder, StoredBackup.Data)).As(BackupIdentity.Of(sample.Master.Current));
        await archive.ReadAsync(async from =>
        {
            await using var file = new System.IO.Compression.GZipStream(from, System.IO.Compression.CompressionMode.Decompress, leaveOpen: true);
            await file.CopyToAsync(opened);
        });
        var text = Encoding.Latin1.GetString(opened.ToArray());

        text.ShouldContain(SampleBackup.Canary, Case.Sensitive, "the scenario's name");
        text.Split(SampleBackup.Canary).Length.ShouldBe(2, "and not the key's subject, not even in a free corner of a page");
    }

    [Fact, Trait("Threat", "T78")]
    public async Task Restore_OfABackupWithAnyByteAltered_IsRefusedAndTouchesNothing()
    {
        using var sample = await SampleBackup.MakeAsync();
        foreach (var file in Directory.GetFiles(sample.Folder))
        {
            var right = await File.ReadAllBytesAsync(file);
            // Each byte of the small files; of the large ones, which are hashed whole, some from each part.
            for (var i = 0; i < right.Length; i += right.Length > 4096 ? 499 : 1)
            {
                var altered = right.ToArray();
                altered[i] ^= 1;
                await File.WriteAllBytesAsync(file, altered);
                await RefusedAsync(sample, $"byte {i} of {Path.GetFileName(file)}");
            }

            foreach (var length in (int[])[0, right.Length / 2, right.Length - 1])
            {
                await File.WriteAllBytesAsync(file, right[..length]);
                await RefusedAsync(sample, $"{Path.GetFileName(file)} cut at {length}");
            }

            await File.WriteAllBytesAsync(file, [.. right, 0]);
            await RefusedAsync(sample, $"{Path.GetFileName(file)} with a byte more");
            File.Delete(file);
            await RefusedAsync(sample, $"without {Path.GetFileName(file)}");
            await File.WriteAllBytesAsync(file, right);
        }

        await sample.RestoreAsync("restored");
    }

    [Fact]
    public async Task Restore_OfAnotherEnvironmentOrMasterKey_IsRefusedAndSaysWhich()
    {
        using var sample = await SampleBackup.MakeAsync();
        using var other = new MasterKey(RandomNumberGenerator.GetBytes(32));

        (await Should.ThrowAsync<BackupException>(() => sample.RestoreAsync("restored", environment: "production"))).Message.ShouldContain("environment 'development'");
        (await Should.ThrowAsync<BackupException>(() => sample.RestoreAsync("restored", master: other))).Message.ShouldContain("another master key");
        Directory.Exists(sample.PathOf("restored")).ShouldBeFalse();
    }

    [Fact]
    public async Task Restore_IntoADirectoryWithADatabase_IsRefusedAndLeavesIt()
    {
        using var sample = await SampleBackup.MakeAsync();

        (await Should.ThrowAsync<BackupException>(() => sample.RestoreAsync("data"))).Message.ShouldContain("holds a database already");

        using var data = TestDatabase.Foreign(sample.PathOf("data"));
        data.Scalar("SELECT name FROM scenarios").ShouldBe(SampleBackup.Canary);
    }

    [Fact]
    public async Task Restore_IntoADirectoryInUse_IsRefused()
    {
        using var sample = await SampleBackup.MakeAsync();
        using var used = await TestDatabase.OpenAsync(sample.PathOf("used"));

        (await Should.ThrowAsync<BackupException>(() => sample.RestoreAsync("used"))).Message.ShouldContain("Another process uses");
    }

    [Fact]
    public async Task Restore_FromTheFolderOfAllBackups_NamesTheNewest()
    {
        using var sample = await SampleBackup.MakeAsync();

        Should.Throw<BackupException>(() => StoredBackup.Open(sample.PathOf("backups"), sample.Master)).Message.ShouldContain(Path.GetFileName(sample.Folder));
    }

    [Fact]
    public async Task Backup_WithoutADatabase_SaysSoAndLeavesNothing()
    {
        using var sample = await SampleBackup.MakeAsync();
        var before = Directory.GetDirectories(sample.PathOf("backups"));
        Directory.CreateDirectory(sample.PathOf("empty"));

        (await Should.ThrowAsync<BackupException>(() => sample.RunOf("empty").MakeAsync(sample.PathOf("elsewhere"), new BackupPace(0, TimeProvider.System), default))).Message.ShouldContain("nothing to back up");

        Directory.GetDirectories(sample.PathOf("elsewhere")).ShouldBeEmpty();
        Directory.GetDirectories(sample.PathOf("backups")).ShouldBe(before);
    }

    private static async Task RefusedAsync(SampleBackup sample, string what)
    {
        try
        {
            await sample.RestoreAsync("restored");
        }
        catch (BackupException)
        {
            Directory.Exists(sample.PathOf("restored")).ShouldBeFalse(what);
            return;
        }

        throw new ShouldAssertException($"Taken as good: {what}");
    }
}
