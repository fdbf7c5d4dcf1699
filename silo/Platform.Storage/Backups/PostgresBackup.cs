using System.Data;
using Npgsql;
using Platform.Storage.Postgres;

namespace Platform.Storage.Backups;

/// <summary>A PostgreSQL database: dumped by <c>pg_dump</c> in its custom format, data and data keys on one exported snapshot, while the platform goes on.</summary>
internal sealed class PostgresBackup(string connectionString, string? toolFolder, BackupProgress progress) : IBackupDatabase
{
    private const string KeysTable = "data_keys";

    /// <summary>Arbitrary, for ever; another than those of schema and ownership.</summary>
    private const long RestoreLock = 0x506C6174666F7270;

    /// <inheritdoc cref="RestoreLock"/>
    private const long BackupLock = 0x506C6174666F7271;

    private const string ScratchInfix = "_verify_";

    /// <summary>What processes say of themselves. It holds for those that ran at the time.</summary>
    private static readonly string[] OfProcesses = ["grain_directory", "orleansmembershiptable", "orleansmembershipversiontable", "silo_fences"];

    private readonly PostgresTool _tool = new(connectionString, toolFolder);
    private NpgsqlConnection? _held;
    private string? _scratchOf;

    public string Kind => "postgresql";

    public async Task<DatabaseContent> DumpAsync(NewBackup backup, BackupPace pace, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        progress.Begin("Taking a snapshot of the database ...");
        if (await ReadAsync(connection, RestoreMarker.IsThereInPostgres, row => row.GetBoolean(0), cancellationToken) is [true]) throw new BackupException(RestoreMarker.CutOff);
        if (await ReadAsync(connection, "SELECT to_regclass('schema_version') IS NOT NULL", row => row.GetBoolean(0), cancellationToken) is not [true])
        {
            throw new BackupException("There is nothing to back up: the platform has not started on this database yet.");
        }

        var snapshot = (await ReadAsync(connection, "SELECT pg_export_snapshot()", row => row.GetString(0), cancellationToken)).Single();
        var content = await DescribeAsync(connection, cancellationToken);
        progress.Begin("Dumping and encrypting it ...");
        string[] all = ["--format=custom", "--no-owner", "--no-privileges", $"--snapshot={snapshot}"];
        await backup.WriteAsync(StoredBackup.Data, "platform.dump", to => _tool.RunAsync(
            "pg_dump",
            [.. all, .. OfProcesses.Append(KeysTable).Select(table => $"--exclude-table-data={table}")],
            input: null,
            from => pace.CopyAsync(from, to, cancellationToken),
            cancellationToken));
        await backup.WriteAsync(StoredBackup.DataKeys, "data-keys.dump", to => _tool.RunAsync(
            "pg_dump", [.. all, "--data-only", $"--table={KeysTable}"], input: null, from => pace.CopyAsync(from, to, cancellationToken), cancellationToken));
        return content;
    }

    public async Task RequireEmptyAsync(CancellationToken cancellationToken)
    {
        // The lock stands as long as the connection.
        var connection = _held = await OpenAsync(cancellationToken);
        if (await ReadAsync(connection, $"SELECT pg_try_advisory_lock({RestoreLock})", row => row.GetBoolean(0), cancellationToken) is not [true]) throw new BackupException("Another process restores into this database.");
        if (await ReadAsync(connection, RestoreMarker.IsThereInPostgres, row => row.GetBoolean(0), cancellationToken) is [true]
            && await ReadAsync(connection, RestoreMarker.CountRecovered, row => row.GetInt64(0), cancellationToken) is [0])
        {
            return;
        }

        var tables = await ReadAsync(connection, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1 LIMIT 1", row => row.GetString(0), cancellationToken);
        if (tables.Count > 0) throw new BackupException($"The database is not empty: it has a table {tables[0]}. Make a new one (createdb) and name it in ConnectionStrings:{DatabaseOptions.ConnectionName}.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_held is not null) await _held.DisposeAsync();
        if (_scratchOf is null) return;
        await using var connection = await OpenAsync(_scratchOf, CancellationToken.None);
        await ExecuteAsync(connection, Drop(new NpgsqlConnectionStringBuilder(connectionString).Database!), CancellationToken.None);
    }

    public async Task<DatabaseContent> LoadAsync(StoredArchive data, StoredArchive dataKeys, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await ExecuteAsync(connection, RestoreMarker.Create, cancellationToken);
        progress.Begin("Loading the database ...");
        string[] all = [$"--dbname={new NpgsqlConnectionStringBuilder(connectionString).Database}", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"];
        await data.ReadAsync(from => _tool.RunAsync("pg_restore", [.. all, "--clean", "--if-exists"], to => CopyAsync(from, to, cancellationToken), output: null, cancellationToken));
        progress.Begin("Loading the data keys ...");
        await dataKeys.ReadAsync(from => _tool.RunAsync("pg_restore", [.. all, "--data-only"], to => CopyAsync(from, to, cancellationToken), output: null, cancellationToken));
        await ExecuteAsync(connection, "ANALYZE", cancellationToken);
        var content = await DescribeAsync(connection, cancellationToken);
        await ExecuteAsync(connection, RestoreMarker.ForgetNotifications, cancellationToken);
        return content;
    }

    public async Task<RecoveredLogs> MarkRecoveredAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        if (await ReadAsync(connection, "SELECT to_regclass('audit_events') IS NOT NULL", row => row.GetBoolean(0), cancellationToken) is not [true]) throw new BackupException("The database is none of the platform.");
        if (await ReadAsync(connection, $"SELECT pg_try_advisory_lock({PostgresDatabaseLock.LockKey})", row => row.GetBoolean(0), cancellationToken) is not [true])
        {
            throw new BackupException("The platform runs on this database. Stop all of its processes first.");
        }

        await ExecuteAsync(connection, $"{RestoreMarker.Create}; {RestoreMarker.MarkRecovered}", cancellationToken);
        await ExecuteAsync(connection, RestoreMarker.ForgetNotifications, cancellationToken);
        var newest = await ReadAsync(connection, DatabaseContent.NewestEvent, row => row.IsDBNull(0) ? (DateTimeOffset?)null : row.Time(0), cancellationToken);
        return new RecoveredLogs(newest.Single(), await HeadsAsync(connection, cancellationToken));
    }

    public async Task<IAsyncDisposable?> TryTakeTurnAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken);
        if (await ReadAsync(connection, $"SELECT pg_try_advisory_lock({BackupLock})", row => row.GetBoolean(0), cancellationToken) is [true]) return connection;
        await connection.DisposeAsync();
        return null;
    }

    public async Task<bool> IsTurnTakenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        const string held =
            """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (classid::bigint << 32) + objid::bigint =
            """;
        return await ReadAsync(connection, $"{held} {BackupLock}", row => row.GetInt64(0), cancellationToken) is [> 0];
    }

    /// <summary>Beside the database, on the same server. What a killed process left goes first.</summary>
    public async Task<IBackupDatabase> OpenScratchAsync(CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var prefix = $"{builder.Database}{ScratchInfix}";
        await using var connection = await OpenAsync(cancellationToken);
        if (await ReadAsync(connection, "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user", row => row.GetBoolean(0), cancellationToken) is not [true])
        {
            throw new BackupException($"The backup was not verified: the role {builder.Username} may not make the database for it. ALTER ROLE {builder.Username} CREATEDB.");
        }

        foreach (var left in await ReadAsync(connection, $"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix.Replace("'", "''", StringComparison.Ordinal)}')", row => row.GetString(0), cancellationToken))
        {
            await ExecuteAsync(connection, Drop(left), cancellationToken);
        }

        builder.Database = prefix + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));
        await ExecuteAsync(connection, $"CREATE DATABASE {Quoted(builder.Database)} TEMPLATE template0", cancellationToken);
        return new PostgresBackup(builder.ConnectionString, toolFolder, progress) { _scratchOf = connectionString };
    }

    public async Task<string?> FindBrokenLogAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return (await ReadAsync(connection, DatabaseContent.BrokenLog, row => row.GetString(0), cancellationToken)).FirstOrDefault();
    }

    public async Task<IReadOnlyList<SampledState>> SampleStatesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return await ReadAsync(
            connection,
            $"""
            SELECT graintypestring, grainidextensionstring, payloadbinary, wrapped FROM orleansstorage LEFT JOIN data_keys ON subject_id = grainidextensionstring
            WHERE graintypestring IN ({SampledState.Names}) AND payloadbinary IS NOT NULL ORDER BY random() LIMIT {SampledState.Count}
            """,
            SampledState.Read,
            cancellationToken);
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Drop(string database) => $"DROP DATABASE IF EXISTS {Quoted(database)} WITH (FORCE)";

    /// <summary>Decrypts on the thread of the caller (<see cref="BackupThread"/>).</summary>
    private async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = from.Read(buffer)) > 0; progress.Add(read)) await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
    }

    private static async Task<DatabaseContent> DescribeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in await ReadAsync(connection, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()", row => row.GetString(0), cancellationToken))
        {
            if (table == RestoreMarker.Table || OfProcesses.Contains(table, StringComparer.Ordinal)) continue;
            rows[table] = (await ReadAsync(connection, $"SELECT count(*) FROM \"{table}\"", row => row.GetInt64(0), cancellationToken)).Single();
        }

        return new DatabaseContent
        {
            SchemaVersion = (await ReadAsync(connection, "SELECT max(version) FROM schema_version", row => row.GetInt32(0), cancellationToken)).Single(),
            Rows = rows,
            AccessLogs = await HeadsAsync(connection, cancellationToken),
        };
    }

    private static Task<List<AccessLogHead>> HeadsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ReadAsync(
        connection,
        "SELECT DISTINCT ON (tenant_id) tenant_id, sequence, hash FROM audit_events ORDER BY tenant_id, sequence DESC",
        AccessLogHead.Read,
        cancellationToken);

    private Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => OpenAsync(connectionString, cancellationToken);

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        // Not pooled: with the connection go its locks and its snapshot. No time limit: counting a large table takes long.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (NpgsqlException failed)
        {
            await connection.DisposeAsync();
            throw new BackupException($"The database does not answer: {failed.Message}", failed);
        }
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        try
        {
#pragma warning disable CA2100 // The statements are ours.
            await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken)) rows.Add(map(reader));
            return rows;
        }
        catch (NpgsqlException failed)
        {
            throw new BackupException($"The database cannot be read: {failed.Message}", failed);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken) =>
        await ReadAsync(connection, sql, _ => true, cancellationToken);
}
