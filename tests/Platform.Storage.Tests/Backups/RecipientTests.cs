using System.Diagnostics;
using Platform.Storage.Backups;

namespace Platform.Storage.Tests.Backups;

/// <summary>Who opens the archives.</summary>
public sealed class RecipientTests
{
    private const string Passphrase = "not-a-secret";

    [Fact, Trait("Threat", "T77")]
    public async Task Restore_WithTheSecretKeyOfARecipient_Works_AndWithoutItDoesNot()
    {
        using var keys = new OpenPgpKeys(Passphrase);
        using var sample = await SampleBackup.MakeAsync(keys.PublicPath);

        (await Should.ThrowAsync<BackupException>(() => sample.RestoreAsync("restored"))).Message.ShouldContain("--key");
        (await Should.ThrowAsync<BackupException>(() => sample.RestoreAsync("restored", BackupIdentity.Read(keys.SecretPath, "wrong")))).Message.ShouldContain("passphrase");
        using (var others = new OpenPgpKeys(Passphrase))
        {
            (await Should.ThrowAsync<BackupException>(() => sample.RestoreAsync("restored", BackupIdentity.Read(others.SecretPath, Passphrase)))).Message.ShouldContain("not encrypted to that key");
        }

        (await sample.RestoreAsync("restored", BackupIdentity.Read(keys.SecretPath, Passphrase))).Recipients.ShouldHaveSingleItem().ShouldBe(keys.EncryptionFingerprint);
    }

    /// <summary>Whoever has lost the platform opens an archive with what every machine has.</summary>
    [Fact]
    public async Task Archive_OpenedByGpg_IsTheDatabase()
    {
        var gpg = await TryRunAsync("gpg", ["--version"], "");
        Assert.SkipWhen(gpg is null, "gpg is not on this machine.");
        using var sample = await SampleBackup.MakeAsync();
        var home = Directory.CreateDirectory(sample.PathOf("gnupg"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        var opened = sample.PathOf("opened.gz");

        var run = await TryRunAsync(
            "gpg",
            ["--homedir", home, "--batch", "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--output", opened, "--decrypt", Path.Combine(sample.Folder, StoredBackup.Data)],
            new string(BackupRecipients.PassphraseOf(sample.Master.Current)));

        run!.Value.ExitCode.ShouldBe(0, run.Value.Errors);
        using var file = new System.IO.Compression.GZipStream(File.OpenRead(opened), System.IO.Compression.CompressionMode.Decompress);
        var head = new byte[15];
        await file.ReadExactlyAsync(head);
        System.Text.Encoding.ASCII.GetString(head).ShouldBe("SQLite format 3");
    }

    [Fact]
    public void Read_OfAFileWithoutAKeyThatEncrypts_SaysHowToExportOne()
    {
        using var keys = new OpenPgpKeys(Passphrase, onlySigns: true);

        Should.Throw<BackupException>(() => BackupRecipients.Read(keys.PublicPath)).Message.ShouldContain("gpg --export");
        Should.Throw<BackupException>(() => BackupRecipients.Read(keys.PublicPath + ".none"));
        File.WriteAllText(keys.PublicPath, "no key");
        Should.Throw<BackupException>(() => BackupRecipients.Read(keys.PublicPath));
    }

    private static async Task<(int ExitCode, string Errors)?> TryRunAsync(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            using var process = Process.Start(start)!;
            await WriteAsync(process.StandardInput, input);
            var errors = process.StandardError.ReadToEndAsync();
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, await errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>A program that needs no input may have ended already.</summary>
    private static async Task WriteAsync(StreamWriter to, string input)
    {
        try
        {
            await to.WriteLineAsync(input);
            to.Close();
        }
        catch (IOException)
        {
            // What it said and how it ended counts.
        }
    }
}
