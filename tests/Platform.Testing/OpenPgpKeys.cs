using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Platform.Testing;

/// <summary>A key pair of the kind that gpg makes, in files as gpg exports it: one key signs, another one below it encrypts.</summary>
public sealed class OpenPgpKeys : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("platform-openpgp-");

    /// <param name="passphrase">Of the secret keys.</param>
    /// <param name="onlySigns">Without the key below.</param>
    public OpenPgpKeys(string passphrase, bool onlySigns = false)
    {
        var random = new SecureRandom();
        var signing = new Ed25519KeyPairGenerator();
        signing.Init(new Ed25519KeyGenerationParameters(random));
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var flags = new PgpSignatureSubpacketGenerator();
        flags.SetKeyFlags(isCritical: false, PgpKeyFlags.CanSign | PgpKeyFlags.CanCertify);
        var ring = new PgpKeyRingGenerator(
            PgpSignature.PositiveCertification,
            new PgpKeyPair(PublicKeyAlgorithmTag.EdDsa_Legacy, signing.GenerateKeyPair(), now),
            "Platform <platform@example.com>",
            SymmetricKeyAlgorithmTag.Aes256,
            utf8PassPhrase: true,
            passphrase.ToCharArray(),
            useSha1: true,
            flags.Generate(),
            unhashedPackets: null,
            random);
        if (!onlySigns)
        {
            var encrypting = new X25519KeyPairGenerator();
            encrypting.Init(new X25519KeyGenerationParameters(random));
            var encryption = new PgpKeyPair(PublicKeyAlgorithmTag.ECDH, encrypting.GenerateKeyPair(), now);
            var below = new PgpSignatureSubpacketGenerator();
            below.SetKeyFlags(isCritical: false, PgpKeyFlags.CanEncryptStorage | PgpKeyFlags.CanEncryptCommunications);
            ring.AddSubKey(encryption, below.Generate(), unhashedPackets: null);
            EncryptionFingerprint = Convert.ToHexString(encryption.PublicKey.GetFingerprint());
        }

        Signing = ring.GeneratePublicKeyRing().GetPublicKey();
        Write(PublicPath, ring.GeneratePublicKeyRing().Encode);
        Write(SecretPath, ring.GenerateSecretKeyRing().Encode);
        File.WriteAllText(PassphrasePath, passphrase + "\n");
    }

    /// <summary>Verifies what the signing key has signed.</summary>
    public PgpPublicKey Signing { get; }

    public string EncryptionFingerprint { get; } = "";

    public string PublicPath => Path.Combine(_folder.FullName, "public.asc");

    public string SecretPath => Path.Combine(_folder.FullName, "secret.asc");

    public string PassphrasePath => Path.Combine(_folder.FullName, "passphrase");

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Write(string path, Action<Stream> content)
    {
        using var file = File.Create(path);
        using var armored = new ArmoredOutputStream(file);
        content(armored);
    }
}
