using Microsoft.Data.Sqlite;
using Npgsql;
using Platform.Hosting;
using Platform.Storage.Migrations;
using Platform.Storage.Postgres;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Upgrades;

/// <summary>
/// Brings a database to the schema of this version, or says what would run; without grains, and without making a key. SQLite takes the data directory for itself, as
/// every process does; PostgreSQL may be in use, since each script lets the version before run on.
/// </summary>
/// <param name="dataDirectory">Where SQLite's file is.</param>
/// <param name="connectionString">Of PostgreSQL; null: SQLite.</param>
/// <param name="options">Of the database.</param>
/// <param name="identity">Of the installation.</param>
internal sealed class SchemaMigrator(string dataDirectory, string? connectionString, DatabaseOptions options, DatabaseIdentity identity)
{
    private string SqlitePath => Path.Combine(Path.GetFullPath(dataDirectory), SqliteFile.Name);

    /// <summary>The version that this process brings.</summary>
    public int Version => connectionString is null ? SqliteSchema.Migrations.Count : PostgresSchema.Migrations.Count;

    /// <summary>Which database it is, without credentials.</summary>
    public string Description => connectionString is null ? $"SQLite file {SqlitePath}" : Describe(new NpgsqlConnectionStringBuilder(PostgresConnection.Complete(connectionString)));

    /// <summary>What would run. Changes nothing.</summary>
    public async Task<IReadOnlyList<Migration>> PendingAsync(CancellationToken cancellationToken)
    {
        if (connectionString is not null)
        {
            await using var source = Open(connectionString);
            return await SchemaOf(source).PendingAsync(identity, cancellationToken);
        }

        // To look would make the directory.
        return File.Exists(SqlitePath) ? WithFile(session => SqliteSchema.Pending(session, identity, SqliteSchema.Migrations)) : SqliteSchema.Migrations;
    }

    /// <param name="running">Told of each script before it runs.</param>
    /// <param name="cancellationToken">Leaves the database as it was.</param>
    public async Task RunAsync(Action<Migration> running, CancellationToken cancellationToken)
    {
        var how = new SchemaPreparation(Apply: true, identity, migration =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            running(migration);
        });
        if (connectionString is null)
        {
            WithFile(session =>
            {
                SqliteSchema.Prepare(session, how, SqliteSchema.Migrations);
                return true;
            });
            return;
        }

        await using var source = Open(connectionString);
        var schema = SchemaOf(source);

        // Also where nothing is to do: whoever names the wrong database wants to know.
        await schema.PendingAsync(identity, cancellationToken);
        await schema.PrepareAsync(how, cancellationToken);
    }

    private static string Describe(NpgsqlConnectionStringBuilder server) => $"PostgreSQL database '{server.Database}' at {server.Host}";

    private static NpgsqlDataSource Open(string connectionString) => new NpgsqlDataSourceBuilder(PostgresConnection.Complete(connectionString)).Build();

    private PostgresSchema SchemaOf(NpgsqlDataSource source) => new(source, options, TimeProvider.System, PostgresSchema.Migrations);

    private T WithFile<T>(Func<SqliteSession, T> work)
    {
        using var file = new SqliteFile(dataDirectory);
        try
        {
            using var session = new SqliteSession(file.Path, SqliteOpenMode.ReadWrite);
            return work(session);
        }
        catch (SqliteException e)
        {
            throw new StartupException($"The database {file.Path} cannot be opened: {e.Message}", e);
        }
    }
}
