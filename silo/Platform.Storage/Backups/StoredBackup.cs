using System.Security.Cryptography;
using System.Text;
using Platform.Hosting.MasterKeys;
using Platform.Security;

namespace Platform.Storage.Backups;

/// <summary>A complete backup in its folder.</summary>
internal sealed class StoredBackup
{
    public const string Manifest = "manifest.json";
    public const string Authenticator = "manifest.hmac-sha256";

    /// <summary>All but the data keys.</summary>
    public const string Data = "data.pgp";

    /// <summary>The data keys, to be kept for a shorter time (docs/operations/keys-and-backups.md).</summary>
    public const string DataKeys = "data-keys.pgp";

    private readonly string _path;

    private StoredBackup(string path, BackupManifest content, MasterKeyVersion key) => (_path, Content, Key) = (path, content, key);

    public BackupManifest Content { get; }

    /// <summary>The master key with which it was made.</summary>
    public MasterKeyVersion Key { get; }

    public string Name => Path.GetFileName(_path);

    /// <summary>Reads the manifest, and nothing that it does not vouch for.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="master">Of the platform.</param>
    /// <param name="others">Where the key of its time may be, if it is a former one.</param>
    /// <exception cref="BackupException">It is no backup of a platform with this master key, or was altered.</exception>
    public static StoredBackup Open(string path, MasterKey master, OtherMasterKeys? others = null)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        try
        {
            if (!File.Exists(Path.Combine(path, Manifest))) throw NoBackup(path);
            var manifest = File.ReadAllBytes(Path.Combine(path, Manifest));
            if (others is not null && BackupManifest.NameOfKey(manifest) is { } id && master.Versions.Find(id) is null && others.Find(id) is { } former) master.Add(former);
            var content = BackupManifest.Read(manifest, File.ReadAllText(Path.Combine(path, Authenticator), Encoding.ASCII), master);
            return new StoredBackup(path, content, master.Versions.Find(content.MasterKey)!);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup {path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Reads an archive whole, and holds it to the manifest.</summary>
    /// <exception cref="BackupException">It is not there, or not as it was written.</exception>
    public StoredArchive Check(string name, BackupProgress progress, CancellationToken cancellationToken)
    {
        var expected = Content.Archives.FirstOrDefault(archive => archive.Name == name) ?? throw new BackupException($"The backup {Name} has no {name}.");
        var path = Path.Combine(_path, name);
        try
        {
            using var file = File.OpenRead(path);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[1 << 20];
            for (int read; (read = file.Read(buffer)) > 0; progress.Add(read))
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }

            if (file.Length != expected.Bytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != expected.Sha256)
            {
                throw new BackupException($"{path} was altered or cut: it is not what the manifest says. Take another copy of the backup, or another backup.");
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{path} cannot be read: {unreadable.Message}", unreadable);
        }

        return new StoredArchive(path);
    }

    private static BackupException NoBackup(string path)
    {
        var inside = Directory.Exists(path) ? Directory.GetDirectories(path).Where(folder => File.Exists(Path.Combine(folder, Manifest))).Order(StringComparer.Ordinal).LastOrDefault() : null;
        return new BackupException(inside is null
            ? $"{path} is no backup: it has no {Manifest}."
            : $"{path} is a folder of backups. Name one of them; the newest is {inside}.");
    }
}

/// <summary>An archive that was held to its manifest.</summary>
internal sealed class StoredArchive(string path)
{
    private BackupIdentity? _identity;

    /// <summary>By whom it is to be opened.</summary>
    public StoredArchive As(BackupIdentity identity)
    {
        _identity = identity;
        return this;
    }

    /// <param name="content">Reads the file inside; what it has done counts only when this returns.</param>
    public async Task ReadAsync(Func<Stream, Task> content)
    {
        await using var file = File.OpenRead(path);
        await OpenPgpMessage.ReadAsync(file, _identity ?? throw new InvalidOperationException("Who opens it?"), content);
    }
}
