using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Platform.Security;

namespace Platform.Storage.Backups;

/// <summary>Who can open the archives of a backup: holders of OpenPGP keys, or whoever has the master key.</summary>
internal sealed class BackupRecipients
{
    /// <summary>Name of the master key among recipients.</summary>
    public const string MasterKey = "master-key";

    private const string Purpose = "backup-archive";

    private readonly IReadOnlyList<PgpPublicKey> _keys;
    private readonly char[]? _passphrase;

    private BackupRecipients(IReadOnlyList<PgpPublicKey> keys, char[]? passphrase) => (_keys, _passphrase) = (keys, passphrase);

    public IReadOnlyList<string> Names => _passphrase is null ? [.. _keys.Select(key => Convert.ToHexString(key.GetFingerprint()))] : [MasterKey];

    public static BackupRecipients Of(MasterKeyVersion master) => new([], PassphraseOf(master));

    /// <exception cref="BackupException">The file cannot be read, or holds no key that encrypts.</exception>
    public static BackupRecipients Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var decoded = PgpUtilities.GetDecoderStream(file);
            var keys = new PgpPublicKeyRingBundle(decoded).GetKeyRings().Select(EncryptionKeyOf).ToArray();
            if (keys.Length > 0 && keys.All(key => key is not null)) return new BackupRecipients(keys!, null);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or PgpException)
        {
            throw new BackupException($"The recipients' keys in {path} cannot be read: {unreadable.Message}", unreadable);
        }

        throw new BackupException($"{path} holds an OpenPGP key that cannot encrypt, has expired or was revoked, or no key. Export it with: gpg --export --armor <address>");
    }

    /// <summary>Anybody with the master key can make it: gpg opens such an archive too.</summary>
    public static char[] PassphraseOf(MasterKeyVersion master) => Convert.ToBase64String(master.Derive(Purpose)).ToCharArray();

    internal void AddTo(PgpEncryptedDataGenerator message)
    {
        if (_passphrase is not null) message.AddMethodUtf8(_passphrase, HashAlgorithmTag.Sha256);
        foreach (var key in _keys) message.AddMethod(key);
    }

    /// <summary>The newest that may encrypt what is stored; null where there is none.</summary>
    private static PgpPublicKey? EncryptionKeyOf(PgpPublicKeyRing ring)
    {
        if (ring.GetPublicKey() is not { } primary || primary.HasRevocation() || HasExpired(primary)) return null;
        return ring.GetPublicKeys()
            .Where(key => key.IsEncryptionKey && !key.HasRevocation() && !HasExpired(key) && MayEncrypt(key))
            .MaxBy(key => key.CreationTime);
    }

    private static bool HasExpired(PgpPublicKey key) => key.GetValidSeconds() is > 0 and var seconds && key.CreationTime.AddSeconds(seconds) <= TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>By what its owner has said of it; keys of old say nothing.</summary>
    private static bool MayEncrypt(PgpPublicKey key)
    {
        var said = key.GetSignatures().Select(signature => signature.GetHashedSubPackets()?.GetKeyFlags() ?? 0).Where(flags => flags != 0).ToArray();
        return said.Length == 0 || said.Any(flags => (flags & (PgpKeyFlags.CanEncryptStorage | PgpKeyFlags.CanEncryptCommunications)) != 0);
    }
}
