using System.Diagnostics;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Platform.Storage.Backups;

namespace Platform.Storage.Tests.Backups;

/// <summary>Who opens the archives.</summary>
public sealed class RecipientTests
{
    private const string Passphrase = "not-a-secret";

    [Fact, Trait("Threat", "T77")]
    public async Task Restore_WithTheSecretKeyOfARecipient_Works_AndWithoutItDoesNot()
    {
        using var keys = new SampleKeys();
        using var sample = await SampleBackup.MakeAsync(keys.PublicPath);

        (await Should.ThrowAsync<BackupException>(() => sample.RestoreAsync("restored"))).Message.ShouldContain("--key");
        (await Should.ThrowAsync<BackupException>(() => sample.RestoreAsync("restored", BackupIdentity.Read(keys.SecretPath, "wrong")))).Message.ShouldContain("passphrase");
        using (var others = new SampleKeys())
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
        using var keys = new SampleKeys(onlySigns: true);

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

    /// <summary>A key pair of the kind that gpg makes: one key signs, another one below it encrypts.</summary>
    private sealed class SampleKeys : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("platform-openpgp-");

        public SampleKeys(bool onlySigns = false)
        {
            var random = new SecureRandom();
            var signing = new Ed25519KeyPairGenerator();
            signing.Init(new Ed25519KeyGenerationParameters(random));
            var encrypting = new X25519KeyPairGenerator();
            encrypting.Init(new X25519KeyGenerationParameters(random));
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            var flags = new PgpSignatureSubpacketGenerator();
            flags.SetKeyFlags(isCritical: false, PgpKeyFlags.CanSign | PgpKeyFlags.CanCertify);
            var ring = new PgpKeyRingGenerator(
                PgpSignature.PositiveCertification,
                new PgpKeyPair(PublicKeyAlgorithmTag.EdDsa_Legacy, signing.GenerateKeyPair(), now),
                "Backups <backups@example.com>",
                SymmetricKeyAlgorithmTag.Aes256,
                utf8PassPhrase: true,
                Passphrase.ToCharArray(),
                useSha1: true,
                flags.Generate(),
                unhashedPackets: null,
                random);
            if (!onlySigns)
            {
                var encryption = new PgpKeyPair(PublicKeyAlgorithmTag.ECDH, encrypting.GenerateKeyPair(), now);
                var below = new PgpSignatureSubpacketGenerator();
                below.SetKeyFlags(isCritical: false, PgpKeyFlags.CanEncryptStorage | PgpKeyFlags.CanEncryptCommunications);
                ring.AddSubKey(encryption, below.Generate(), unhashedPackets: null);
                EncryptionFingerprint = Convert.ToHexString(encryption.PublicKey.GetFingerprint());
            }

            Write(PublicPath, ring.GeneratePublicKeyRing().Encode);
            Write(SecretPath, ring.GenerateSecretKeyRing().Encode);
        }

        public string EncryptionFingerprint { get; } = "";

        public string PublicPath => Path.Combine(_folder.FullName, "public.asc");

        public string SecretPath => Path.Combine(_folder.FullName, "secret.asc");

        public void Dispose() => _folder.Delete(recursive: true);

        private static void Write(string path, Action<Stream> content)
        {
            using var file = File.Create(path);
            using var armored = new ArmoredOutputStream(file);
            content(armored);
        }
    }
}
