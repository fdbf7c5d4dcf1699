using Org.BouncyCastle.Bcpg.OpenPgp;
using Platform.Security;

namespace Platform.Storage.Backups;

/// <summary>What opens the archives of a backup: the secret key of a recipient, or the master key.</summary>
internal sealed class BackupIdentity
{
    private readonly char[] _passphrase;
    private readonly PgpSecretKeyRingBundle? _keys;

    private BackupIdentity(char[] passphrase, PgpSecretKeyRingBundle? keys) => (_passphrase, _keys) = (passphrase, keys);

    public static BackupIdentity Of(MasterKeyVersion master) => new(BackupRecipients.PassphraseOf(master), null);

    /// <param name="path">As <c>gpg --export-secret-keys --armor</c> writes it.</param>
    /// <param name="passphrase">Of the key; empty where it has none.</param>
    /// <exception cref="BackupException">The file cannot be read.</exception>
    public static BackupIdentity Read(string path, string passphrase)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var decoded = PgpUtilities.GetDecoderStream(file);
            return new BackupIdentity(passphrase.ToCharArray(), new PgpSecretKeyRingBundle(decoded));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or PgpException)
        {
            throw new BackupException($"The secret key {path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>The session key of a message, by whichever of its recipients this is.</summary>
    /// <exception cref="BackupException">It is none of them, or the passphrase is wrong.</exception>
    internal (PgpEncryptedData Method, Stream Clear) Open(PgpEncryptedDataList message)
    {
        foreach (var method in message.GetEncryptedDataObjects().Cast<PgpEncryptedData>())
        {
            try
            {
                if (_keys is null && method is PgpPbeEncryptedData sealedByMaster) return (method, sealedByMaster.GetDataStreamUtf8(_passphrase));
                if (_keys is not null && method is PgpPublicKeyEncryptedData sent && _keys.GetSecretKey(sent.KeyId) is { } key) return (method, sent.GetDataStream(key.ExtractPrivateKeyUtf8(_passphrase)));
            }
            catch (PgpException wrong)
            {
                throw new BackupException(_keys is null ? "The archive does not open with the master key." : $"The secret key does not open the archive; is its passphrase right? ({wrong.Message})", wrong);
            }
        }

        throw new BackupException(_keys is null
            ? "The archives were encrypted to OpenPGP keys. Name the secret key of one of them: --key <file>."
            : "The archives were not encrypted to that key. The manifest names the recipients.");
    }
}
