using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Security;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Backups;

/// <summary>
/// The file of an installation in one process. It is copied as of one moment by SQLite itself (<c>VACUUM INTO</c>), which takes no remains of deleted rows along; the copy lies in the data
/// directory until it is encrypted. The platform goes on writing meanwhile.
/// </summary>
internal sealed class SqliteBackup(IOptions<PlatformOptions> options, BackupProgress progress) : IBackupDatabase
{
    private const string CopyFolder = "backup-";
    private const string LoadFolder = "restore-";
    private const string VerifyFolder = "verify-";
    private const string KeysName = "data-keys.db";

    private DataDirectoryLock? _held;
    private Scratch? _scratch;

    public string Kind => "sqlite";

    private string DataDirectory => Path.GetFullPath(options.Value.DataDirectory);

    private string LockPath => Path.Combine(DataDirectory, "backup.lock");

    private string DatabasePath => Path.Combine(DataDirectory, SqliteFile.Name);

    public async Task<DatabaseContent> DumpAsync(NewBackup backup, BackupPace pace, CancellationToken cancellationToken)
    {
        if (!File.Exists(DatabasePath)) throw new BackupException($"There is nothing to back up: {DataDirectory} holds no {SqliteFile.Name}.");
        using var scratch = new Scratch(DataDirectory, CopyFolder);
        var (copy, keys) = (scratch.PathOf(SqliteFile.Name), scratch.PathOf(KeysName));
        progress.Begin("Copying the database ...");
        var content = Translated(() => Copy(copy, keys, cancellationToken));
        progress.Begin("Encrypting it ...");
        await backup.WriteAsync(StoredBackup.Data, SqliteFile.Name + ".gz", to => CompressAsync(copy, to, pace, cancellationToken));
        await backup.WriteAsync(StoredBackup.DataKeys, KeysName + ".gz", to => CompressAsync(keys, to, pace, cancellationToken));
        return content;
    }

    public Task RequireEmptyAsync(CancellationToken cancellationToken)
    {
        Hold();
        if (!File.Exists(DatabasePath) || Translated(IsMarked)) return Task.CompletedTask;
        throw new BackupException($"{DataDirectory} holds a database already. Restore into an empty data directory; move {SqliteFile.Name}* away if you are sure.");
    }

    public async Task<DatabaseContent> LoadAsync(StoredArchive data, StoredArchive dataKeys, CancellationToken cancellationToken)
    {
        using var scratch = new Scratch(DataDirectory, LoadFolder);
        var (copy, keys) = (scratch.PathOf(SqliteFile.Name), scratch.PathOf(KeysName));
        progress.Begin("Decrypting the archives ...");
        await data.ReadAsync(from => Decompress(from, copy, cancellationToken));
        await dataKeys.ReadAsync(from => Decompress(from, keys, cancellationToken));
        progress.Begin("Checking the database ...");
        var content = Translated(() => Join(copy, keys));
        foreach (var rest in (string[])["-wal", "-shm", ""]) File.Delete(DatabasePath + rest);
        DurableFolder.MoveFile(copy, DatabasePath);

        // The marker keeps others away from here on.
        _held?.Dispose();
        return content;
    }

    public Task<IAsyncDisposable?> TryTakeTurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<IAsyncDisposable?>(PrivateFile.Open(LockPath, FileShare.None));
        }
        catch (DirectoryNotFoundException missing)
        {
            throw new BackupException($"There is nothing to back up: {DataDirectory} is not there.", missing);
        }
        catch (IOException)
        {
            return Task.FromResult<IAsyncDisposable?>(null);
        }
    }

    /// <summary>By a shared lock, which keeps nobody out but for the moment of the look.</summary>
    public Task<bool> IsTurnTakenAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (File.Exists(LockPath)) new FileStream(LockPath, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return Task.FromResult(false);
        }
        catch (IOException)
        {
            return Task.FromResult(true);
        }
    }

    public Task<IBackupDatabase> OpenScratchAsync(CancellationToken cancellationToken)
    {
        var scratch = new Scratch(DataDirectory, VerifyFolder);
        return Task.FromResult<IBackupDatabase>(new SqliteBackup(Options.Create(new PlatformOptions { DataDirectory = scratch.PathOf("") }), progress) { _scratch = scratch });
    }

    public Task<string?> FindBrokenLogAsync(CancellationToken cancellationToken) => Task.FromResult(Translated(() =>
    {
        using var session = new SqliteSession(DatabasePath, SqliteOpenMode.ReadOnly);
        return session.Query(new Statement(DatabaseContent.BrokenLog), row => row.GetString(0)).FirstOrDefault();
    }));

    public Task<IReadOnlyList<SampledState>> SampleStatesAsync(CancellationToken cancellationToken) => Task.FromResult(Translated<IReadOnlyList<SampledState>>(() =>
    {
        using var session = new SqliteSession(DatabasePath, SqliteOpenMode.ReadOnly);
        return session.Query(
            new Statement($"SELECT state_name, grain_key, payload, wrapped FROM grain_state LEFT JOIN data_keys ON subject_id = grain_key WHERE state_name IN ({SampledState.Names}) ORDER BY random() LIMIT {SampledState.Count}"),
            SampledState.Read);
    }));

    public ValueTask DisposeAsync()
    {
        _held?.Dispose();
        _scratch?.Dispose();
        return ValueTask.CompletedTask;
    }

    public Task<RecoveredLogs> MarkRecoveredAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(DatabasePath)) throw new BackupException($"{DataDirectory} holds no {SqliteFile.Name}.");
        Hold();
        var newest = Translated(() =>
        {
            using var session = new SqliteSession(DatabasePath, SqliteOpenMode.ReadWrite);
            session.Run($"BEGIN IMMEDIATE; {RestoreMarker.Create}; {RestoreMarker.MarkRecovered}; {RestoreMarker.ForgetNotifications}; COMMIT");
            return new RecoveredLogs(session.Query(new Statement(DatabaseContent.NewestEvent), row => row.IsDBNull(0) ? (DateTimeOffset?)null : row.Time(0)).Single(), Heads(session));
        });
        _held?.Dispose();
        return Task.FromResult(newest);
    }

    private void Hold()
    {
        try
        {
            _held = new DataDirectoryLock(DataDirectory);
        }
        catch (Exception unusable) when (unusable is StartupException or IOException or UnauthorizedAccessException)
        {
            throw new BackupException(unusable.Message, unusable);
        }
    }

    private DatabaseContent Copy(string copy, string keys, CancellationToken cancellationToken)
    {
        using (var source = new SqliteSession(DatabasePath, SqliteOpenMode.ReadOnly))
        {
            if (source.Query(new Statement(RestoreMarker.IsThereInSqlite), _ => true).Count > 0) throw new BackupException(RestoreMarker.CutOff);
            source.Run($"VACUUM INTO {Quoted(copy)}");
        }

        cancellationToken.ThrowIfCancellationRequested();
        using var session = new SqliteSession(copy, SqliteOpenMode.ReadWrite);
        session.Run("PRAGMA journal_mode = DELETE");
        var content = Describe(session);
        var schema = session.Query(new Statement("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'data_keys'"), row => row.GetString(0)).Single();
        PrivateFile.Open(keys, FileShare.ReadWrite).Dispose();
        using (var apart = new SqliteSession(keys, SqliteOpenMode.ReadWrite)) apart.Run($"PRAGMA journal_mode = DELETE; {schema}");
        session.Run($"ATTACH {Quoted(keys)} AS apart");
        session.Run("INSERT INTO apart.data_keys SELECT * FROM main.data_keys; DELETE FROM main.data_keys");
        session.Run("DETACH apart");
        return content;
    }

    private static DatabaseContent Join(string copy, string keys)
    {
        using var session = new SqliteSession(copy, SqliteOpenMode.ReadWrite);
        var faults = session.Query(new Statement("PRAGMA integrity_check"), row => row.GetString(0));
        if (faults is not ["ok"]) throw new BackupException($"The database of the backup is damaged: {faults[0]}");
        session.Run($"ATTACH {Quoted(keys)} AS apart");
        session.Run("BEGIN IMMEDIATE");
        session.Run("INSERT INTO main.data_keys SELECT * FROM apart.data_keys");
        session.Run(RestoreMarker.Create);
        session.Run("COMMIT");
        session.Run("DETACH apart");
        var content = Describe(session);
        session.Run(RestoreMarker.ForgetNotifications);
        return content;
    }

    private static DatabaseContent Describe(SqliteSession session)
    {
        var tables = session.Query(
            new Statement($"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '{RestoreMarker.Table}'"), row => row.GetString(0));
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in tables) rows[table] = session.Query(new Statement($"SELECT count(*) FROM \"{table}\""), row => row.GetInt64(0)).Single();
        return new DatabaseContent
        {
            SchemaVersion = (int)session.Query(new Statement("SELECT max(version) FROM schema_version"), row => row.GetInt64(0)).Single(),
            Rows = rows,
            AccessLogs = Heads(session),
        };
    }

    private static List<AccessLogHead> Heads(SqliteSession session) => session.Query(
        new Statement("SELECT tenant_id, max(sequence), hash FROM audit_events GROUP BY tenant_id ORDER BY tenant_id"),
        AccessLogHead.Read);

    private bool IsMarked()
    {
        using var session = new SqliteSession(DatabasePath, SqliteOpenMode.ReadOnly);
        return session.Query(new Statement(RestoreMarker.IsThereInSqlite), _ => true).Count > 0 && session.Query(new Statement(RestoreMarker.CountRecovered), row => row.GetInt64(0)) is [0];
    }

    private static T Translated<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException failed)
        {
            throw new BackupException($"The database cannot be read or written: {failed.Message}", failed);
        }
    }

    private static async Task CompressAsync(string path, Stream to, BackupPace pace, CancellationToken cancellationToken)
    {
        using var file = File.OpenRead(path);
        using var compressed = new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true);
        await pace.CopyAsync(file, compressed, cancellationToken);
    }

    private static Task Decompress(Stream from, string path, CancellationToken cancellationToken)
    {
        using var file = PrivateFile.Open(path, FileShare.None);
        using var compressed = new GZipStream(from, CompressionMode.Decompress, leaveOpen: true);
        var buffer = new byte[1 << 16];
        for (int read; (read = compressed.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(buffer, 0, read);
        }

        file.Flush(flushToDisk: true);
        return Task.CompletedTask;
    }

    private static string Quoted(string path) => $"'{path.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A folder for unencrypted copies, readable by the owner only, which goes with this object; one that a killed process left goes with the next of its kind.</summary>
    private sealed class Scratch : IDisposable
    {
        private readonly string _path;
        private readonly FileStream _mark;

        public Scratch(string above, string kind)
        {
            foreach (var left in Directory.GetDirectories(above, kind + "*")) TryRemove(left);
            _path = Path.Combine(above, kind + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)));
            PrivateDirectory.Create(_path);
            _mark = PrivateFile.Open(PathOf("in-use"), FileShare.None);
        }

        public string PathOf(string name) => Path.Combine(_path, name);

        public void Dispose()
        {
            _mark.Dispose();
            Directory.Delete(_path, recursive: true);
        }

        private static void TryRemove(string left)
        {
            try
            {
                using (PrivateFile.Open(Path.Combine(left, "in-use"), FileShare.None)) Directory.Delete(left, recursive: true);
            }
            catch (IOException)
            {
                // Another process works in it.
            }
        }
    }
}
