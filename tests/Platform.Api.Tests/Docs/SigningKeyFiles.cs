using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Platform.Api.Tests.Docs;

/// <summary>An OpenPGP key with a passphrase, in files as gpg exports it.</summary>
internal sealed class SigningKeyFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("platform-signing-");
    private readonly PgpPublicKey _public;

    public SigningKeyFiles(string passphrase)
    {
        var random = new SecureRandom();
        var generator = new Ed25519KeyPairGenerator();
        generator.Init(new Ed25519KeyGenerationParameters(random));
        var ring = new PgpKeyRingGenerator(
            PgpSignature.PositiveCertification,
            new PgpKeyPair(PublicKeyAlgorithmTag.EdDsa_Legacy, generator.GenerateKeyPair(), TimeProvider.System.GetUtcNow().UtcDateTime),
            "Security <security@example.com>",
            SymmetricKeyAlgorithmTag.Aes256,
            utf8PassPhrase: true,
            passphrase.ToCharArray(),
            useSha1: true,
            hashedPackets: null,
            unhashedPackets: null,
            random);
        _public = ring.GeneratePublicKeyRing().GetPublicKey();
        using var file = File.Create(Path);
        using var armored = new ArmoredOutputStream(file);
        ring.GenerateSecretKeyRing().Encode(armored);
        File.WriteAllText(PassphrasePath, passphrase + "\n");
    }

    public string Path => System.IO.Path.Combine(_folder.FullName, "secret.asc");

    public string PassphrasePath => System.IO.Path.Combine(_folder.FullName, "passphrase");

    /// <summary>As any reader does: the lines between the two heads, without the end of the last.</summary>
    public bool Verify(string signed)
    {
        var begin = signed.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var end = signed.IndexOf("\r\n-----BEGIN PGP SIGNATURE-----", StringComparison.Ordinal);
        using var decoded = PgpUtilities.GetDecoderStream(new MemoryStream(Encoding.ASCII.GetBytes(signed[(end + 2)..])));
        var signature = ((PgpSignatureList)new PgpObjectFactory(decoded).NextPgpObject())[0];
        signature.InitVerify(_public);
        signature.Update(Encoding.UTF8.GetBytes(signed[begin..end]));
        return signature.Verify();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
