using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Hosting;
using Platform.Storage.Postgres;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Beside;

/// <summary>A database that another process may be using: for commands that read and write a row beside it. Nothing is migrated, made or held.</summary>
internal interface IDatabaseBeside : IDatabase
{
    /// <summary>Whether no process of the platform uses it now.</summary>
    bool IsFree();
}

internal static class DatabaseBesideExtensions
{
    public static void AddDatabaseBeside(this IHostApplicationBuilder builder)
    {
        var connectionString = builder.Configuration.GetConnectionString(DatabaseOptions.ConnectionName);
        builder.Services.AddSingleton<IDatabaseBeside>(provider => string.IsNullOrWhiteSpace(connectionString)
            ? new SqliteBeside(provider.GetRequiredService<IOptions<PlatformOptions>>().Value)
            : new PostgresBeside(PostgresConnection.Complete(connectionString)));
        builder.Services.AddSingleton<IDatabase>(provider => provider.GetRequiredService<IDatabaseBeside>());
    }
}

/// <summary>The file, through a connection for each operation.</summary>
internal sealed class SqliteBeside(PlatformOptions options) : IDatabaseBeside
{
    private string FilePath => Path.Combine(Path.GetFullPath(options.DataDirectory), SqliteFile.Name);

    public bool IsFree()
    {
        try
        {
            using var held = new DataDirectoryLock(options.DataDirectory);
            return true;
        }
        catch (StartupException)
        {
            return false;
        }
    }

    public Task<int> WriteAsync(Operation operation, IReadOnlyList<Statement> statements, Durability durability, CancellationToken cancellationToken) => Task.Run(
        () => Translated(session =>
        {
            session.Run("BEGIN IMMEDIATE");
            var changed = statements.Sum(session.Execute);
            session.Run("COMMIT");
            return changed;
        }),
        cancellationToken);

    public Task<List<T>> ReadAsync<T>(Operation operation, Statement statement, Func<System.Data.Common.DbDataReader, T> map, CancellationToken cancellationToken) =>
        Task.Run(() => Translated(session => session.Query(statement, map)), cancellationToken);

    public Task ScrubAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(File.Exists(FilePath));

    private T Translated<T>(Func<SqliteSession, T> work)
    {
        if (!File.Exists(FilePath)) throw new StartupException($"There is no platform in the data directory {Path.GetDirectoryName(FilePath)}. Name that of the platform ({PlatformOptions.Section}:{nameof(PlatformOptions.DataDirectory)}), or its database (ConnectionStrings:{DatabaseOptions.ConnectionName}).");
        try
        {
            using var session = new SqliteSession(FilePath, SqliteOpenMode.ReadWrite);
            return work(session);
        }
        catch (SqliteException failure)
        {
            throw SqliteFailures.Translate(failure) ?? failure;
        }
    }
}

internal sealed class PostgresBeside(string connectionString) : IDatabaseBeside, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = new NpgsqlDataSourceBuilder(connectionString) { Name = "platform-command" }.Build();

    public bool IsFree()
    {
        try
        {
            using var connection = _source.OpenConnection();
            using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({PostgresDatabaseLock.LockKey})", connection);
            if (command.ExecuteScalar() is not true) return false;
            using var release = new NpgsqlCommand($"SELECT pg_advisory_unlock({PostgresDatabaseLock.LockKey})", connection);
            release.ExecuteScalar();
            return true;
        }
        catch (NpgsqlException unreachable)
        {
            throw Unreachable(unreachable);
        }
    }

    public async Task<int> WriteAsync(Operation operation, IReadOnlyList<Statement> statements, Durability durability, CancellationToken cancellationToken)
    {
        try
        {
            await using var batch = _source.CreateBatch();
            PostgresDatabase.Add(batch.BatchCommands, statements);
            return await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            throw Unreachable(failure);
        }
    }

    public async Task<List<T>> ReadAsync<T>(Operation operation, Statement statement, Func<System.Data.Common.DbDataReader, T> map, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = _source.CreateCommand(statement.Sql);
            PostgresDatabase.AddParameters(command.Parameters, statement);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken)) rows.Add(map(reader));
            return rows;
        }
        catch (NpgsqlException failure)
        {
            throw Unreachable(failure);
        }
    }

    public Task ScrubAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static StorageUnavailableException Unreachable(NpgsqlException failure) => new($"The database does not answer: {failure.Message}", failure);
}
