using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Platform.Api.Docs;

/// <summary>Signs <c>security.txt</c> as RFC 9116 section 2.3 says: an OpenPGP cleartext signature (RFC 9580 section 7) around the text.</summary>
internal sealed class SecurityTxtSigner
{
    private readonly PgpPublicKey _public;
    private readonly PgpPrivateKey _private;
    private readonly TimeProvider _time;
    private (string Text, string Signed)? _last;

    private SecurityTxtSigner(PgpPublicKey verifies, PgpPrivateKey signs, TimeProvider time) => (_public, _private, _time) = (verifies, signs, time);

    /// <param name="path">As <c>gpg --export-secret-keys --armor</c> writes it.</param>
    /// <param name="passphraseFile">With the passphrase of the key; null: it has none.</param>
    /// <param name="time">Of the signatures.</param>
    /// <exception cref="InvalidDataException">It cannot be read, opens with another passphrase, or holds no key that signs. The message is for an operator.</exception>
    public static SecurityTxtSigner Open(string path, string? passphraseFile, TimeProvider time)
    {
        try
        {
            var passphrase = passphraseFile is null ? "" : File.ReadAllText(passphraseFile).TrimEnd('\r', '\n');
            using var file = File.OpenRead(path);
            using var decoded = PgpUtilities.GetDecoderStream(file);
            var key = new PgpSecretKeyRingBundle(decoded).GetKeyRings().SelectMany(ring => ring.GetSecretKeys()).FirstOrDefault(candidate => candidate is { IsSigningKey: true, IsPrivateKeyEmpty: false })
                ?? throw new InvalidDataException($"{path} holds no OpenPGP secret key that signs.");
            return new SecurityTxtSigner(key.PublicKey, key.ExtractPrivateKeyUtf8(passphrase.ToCharArray()), time);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or PgpException)
        {
            throw new InvalidDataException($"{path} cannot be used: {unusable.Message}", unusable);
        }
    }

    /// <summary>The text with its signature. It changes once a day, and so does the signature.</summary>
    /// <param name="text">Lines that end with CRLF.</param>
    public string Sign(string text)
    {
        if (_last is { } last && last.Text == text) return last.Signed;
        var signature = new PgpSignatureGenerator(_public.Algorithm, HashAlgorithmTag.Sha512);
        signature.InitSign(PgpSignature.CanonicalTextDocument, _private);
        var about = new PgpSignatureSubpacketGenerator();
        about.SetSignatureCreationTime(isCritical: false, _time.GetUtcNow().UtcDateTime);
        about.SetIssuerFingerprint(isCritical: false, _public);
        signature.SetHashedSubpackets(about.Generate());

        // The end of the last line belongs to the frame, not to the text.
        signature.Update(Encoding.UTF8.GetBytes(text.TrimEnd('\r', '\n')));
        using var output = new MemoryStream();
        using (var armored = new ArmoredOutputStream(output, addVersionHeader: false))
        {
            armored.BeginClearText(HashAlgorithmTag.Sha512);
            armored.Write(Encoding.UTF8.GetBytes(text));
            armored.EndClearText();
            using var packets = new BcpgOutputStream(armored);
            signature.Generate().Encode(packets);
        }

        var signed = Encoding.UTF8.GetString(output.ToArray()).ReplaceLineEndings("\r\n");
        _last = (text, signed);
        return signed;
    }
}
