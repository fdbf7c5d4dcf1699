using Npgsql;
using Platform.Hosting;
using Platform.Storage.Migrations;

namespace Platform.Storage.Postgres;

/// <summary>
/// Brings the database to the schema of this process, or only checks it. All pending scripts run in one transaction under an advisory lock: of silos that
/// start together one runs them, and a failure or a crash leaves the database as it was.
/// </summary>
internal sealed class PostgresSchema(NpgsqlDataSource source, DatabaseOptions options, TimeProvider time, IReadOnlyList<Migration> migrations)
{
    // Arbitrary, for ever, the same in all versions.
    private const long LockKey = 0x506C6174666F726D;

    private const string CreateTable =
        """
        CREATE TABLE IF NOT EXISTS schema_version
        (
            version    integer     NOT NULL PRIMARY KEY,
            name       text        NOT NULL,
            sha256     text        NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """;

    public static readonly IReadOnlyList<Migration> Migrations = Migration.Embedded("PostgreSql");

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    public Task PrepareAsync(SchemaPreparation how, CancellationToken cancellationToken) => WhenItAnswersAsync(
        async () =>
        {
            await RequireDurabilityAsync(cancellationToken);
            if (!how.Restores) await RefuseCutOffRestoreAsync(cancellationToken);
            await MigrateAsync(how, cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>What would run. Refuses a database of another installation.</summary>
    public Task<IReadOnlyList<Migration>> PendingAsync(DatabaseIdentity? identity, CancellationToken cancellationToken) => WhenItAnswersAsync(
        async () =>
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            var pending = await PendingAsync(connection, cancellationToken);
            await RequireAsync(connection, identity, cancellationToken);
            return pending;
        },
        cancellationToken);

    private async Task<T> WhenItAnswersAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await work();
            }
            catch (PostgresException e) when (!e.IsTransient)
            {
                throw new StartupException($"The database cannot be used: {e.SqlState} {e.MessageText}", e);
            }
            catch (NpgsqlException e)
            {
                // Not there yet: databases and silos are often started together.
                if (time.GetElapsedTime(started) >= options.StartupTimeout)
                {
                    throw new StartupException($"The database does not answer: {e.Message}", e);
                }

                await Task.Delay(RetryAfter, TimeProvider.System, cancellationToken);
            }
        }
    }

    // An acknowledged sign-in or revocation must survive a crash of the server; no setting of a role or database may take that back unseen.
    private async Task RequireDurabilityAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            "SELECT name || '=off' FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off'");
        if (await command.ExecuteScalarAsync(cancellationToken) is string setting)
        {
            throw new StartupException($"The database runs with {setting}: acknowledged writes could be lost. Switch it on for this database.");
        }
    }

    private async Task RefuseCutOffRestoreAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(RestoreMarker.IsThereInPostgres);
        if (await command.ExecuteScalarAsync(cancellationToken) is true) throw new StartupException(RestoreMarker.CutOff);
    }

    private async Task MigrateAsync(SchemaPreparation how, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        // Nothing to do is the usual case, and needs no right but to read.
        var pending = await PendingAsync(connection, cancellationToken);
        if (pending.Count == 0) return;
        await RequireAsync(connection, how.Identity, cancellationToken);
        if (!how.Apply) throw MigrationPlan.Lacks(pending);

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
        await ExecuteAsync(connection, CreateTable, cancellationToken);
        // Again, under the lock: who held it before has run them.
        foreach (var migration in MigrationPlan.Pending(migrations, await ReadAppliedAsync(connection, cancellationToken)))
        {
            how.Running?.Invoke(migration);
            await RunAsync(connection, migration, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<Migration>> PendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        MigrationPlan.Pending(migrations, await ReadAppliedAsync(connection, cancellationToken));

    private static async Task RequireAsync(NpgsqlConnection connection, DatabaseIdentity? identity, CancellationToken cancellationToken)
    {
        if (identity is null || (await ColumnsOfAsync(connection, "secrets", cancellationToken)).Count == 0) return;
        var known = await QueryAsync(connection, DatabaseIdentity.Select, row => KeyValuePair.Create(row.GetString(0), row.GetFieldValue<byte[]>(1)), cancellationToken);
        identity.Require(known.ToDictionary(StringComparer.Ordinal));
    }

    private static async Task RunAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(connection, migration.Sql, cancellationToken);
        }
        catch (PostgresException e) when (!e.IsTransient)
        {
            throw MigrationPlan.Failed(migration, $"{e.SqlState} {e.MessageText}.", e);
        }

        await using var command = new NpgsqlCommand(SchemaVersion.Insert, connection);
        command.Parameters.AddWithValue("version", migration.Version);
        command.Parameters.AddWithValue("name", migration.Name);
        command.Parameters.AddWithValue("sha256", migration.Sha256);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<AppliedMigration>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        SchemaVersion.IsThere(await ColumnsOfAsync(connection, "schema_version", cancellationToken))
            ? await QueryAsync(connection, SchemaVersion.Select, row => new AppliedMigration(row.GetInt32(0), row.GetString(1), row.GetString(2)), cancellationToken)
            : [];

    /// <param name="table">One of ours, never from outside.</param>
    private static Task<List<string>> ColumnsOfAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken) => QueryAsync(
        connection,
        $"SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass('{table}') AND attnum > 0 AND NOT attisdropped",
        row => row.GetString(0),
        cancellationToken);

    private static async Task<List<T>> QueryAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The statements are ours.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(map(reader));
        return rows;
    }

    // As long as it takes: an index on a large table, and the wait for another silo that makes it. Whoever stops the process stops it too.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The scripts are ours.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
