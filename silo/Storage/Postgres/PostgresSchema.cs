using Npgsql;

namespace Platform.Silo.Storage.Postgres;

/// <summary>
/// Brings the database to the schema of this process, or only checks it. All missing scripts run in one transaction under an advisory lock, so that
/// silos that start together do it once, and a failure leaves nothing half done.
/// </summary>
internal sealed class PostgresSchema(NpgsqlDataSource source, DatabaseOptions options, TimeProvider time)
{
    // Arbitrary, for ever, the same in all versions.
    private const long LockKey = 0x506C6174666F726D;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    // In this order: the scripts of the providers insert into the table of the first.
    private static readonly SchemaScript[] Scripts =
    [
        new("orleans.main", 1, "PostgreSql.Main1.sql"),
        new("orleans.persistence", 1, "PostgreSql.Persistence1.sql"),
        new("orleans.clustering", 1, "PostgreSql.Clustering1.sql"),
        new("platform", 3, "PostgreSql.Platform3.sql"),
        new("audit", 1, "PostgreSql.Audit1.sql"),
        new("rights", 1, "PostgreSql.Rights1.sql"),
        new("rights", 2, "PostgreSql.Rights2.sql"),
        new("scenarios", 1, "PostgreSql.Scenarios1.sql"),
        new("api_keys", 1, "PostgreSql.ApiKeys1.sql"),
        new("privacy", 1, "PostgreSql.Privacy1.sql"),
        new("support", 1, "PostgreSql.Support1.sql"),
        new("privacy", 2, "PostgreSql.Privacy2.sql"),
        new("privacy", 3, "PostgreSql.Privacy3.sql"),
        new("cluster", 1, "PostgreSql.Cluster1.sql"),
        new("keys", 1, "PostgreSql.Keys1.sql"),
        new("snippets", 1, "PostgreSql.Snippets1.sql"),
    ];

    private static readonly SchemaScript VersionTable = new("version", 1, "PostgreSql.Version.sql");

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await RequireDurabilityAsync(cancellationToken);
                await (options.ApplySchema ? ApplyAsync(cancellationToken) : CheckAsync(cancellationToken));
                return;
            }
            catch (PostgresException e) when (!e.IsTransient)
            {
                throw new StorageSetupException($"The database cannot be used: {e.SqlState} {e.MessageText}", e);
            }
            catch (NpgsqlException e)
            {
                // Not there yet: databases and silos are often started together.
                if (time.GetElapsedTime(started) >= options.StartupTimeout)
                {
                    throw new StorageSetupException($"The database does not answer: {e.Message}", e);
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
            throw new StorageSetupException($"The database runs with {setting}: acknowledged writes could be lost. Switch it on for this database.");
        }
    }

    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        // Nothing to do is the usual case, and needs no right but to read.
        if (await VersionsAsync(connection, cancellationToken) is { } current && SchemaScript.Missing(Scripts, current).Count == 0) return;

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
        await ExecuteAsync(connection, VersionTable.Text(), cancellationToken);
        var stored = await VersionsAsync(connection, cancellationToken) ?? [];
        foreach (var script in SchemaScript.Missing(Scripts, stored))
        {
            await ExecuteAsync(connection, script.Text(), cancellationToken);
            await using var command = new NpgsqlCommand(
                """
                INSERT INTO schema_version (component, version) VALUES (@component, @version)
                ON CONFLICT (component) DO UPDATE SET version = excluded.version
                """,
                connection);
            command.Parameters.AddWithValue("component", script.Component);
            command.Parameters.AddWithValue("version", (long)script.Version);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var stored = await VersionsAsync(connection, cancellationToken) ?? [];
        var missing = SchemaScript.Missing(Scripts, stored);
        if (missing.Count == 0) return;
        throw new StorageSetupException(
            $"The database lacks {string.Join(", ", missing.Select(script => $"version {script.Version} of '{script.Component}'"))}. "
            + $"Start once as the owner of the schema with {DatabaseOptions.Section}:{nameof(DatabaseOptions.ApplySchema)}=true.");
    }

    /// <returns>Null when the database holds nothing of ours yet.</returns>
    private static async Task<Dictionary<string, long>?> VersionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass('schema_version') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is not true) return null;
        await using var command = new NpgsqlCommand("SELECT component, version FROM schema_version", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken)) versions.Add(reader.GetString(0), reader.GetInt64(1));
        return versions;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The scripts are ours.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
