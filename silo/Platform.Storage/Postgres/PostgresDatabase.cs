using System.Data;
using System.Data.Common;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Storage.Migrations;

namespace Platform.Storage.Postgres;

internal sealed class PostgresDatabase(
    NpgsqlDataSource source,
    IOptions<DatabaseOptions> options,
    StorageTelemetry telemetry,
    TimeProvider time,
    DatabaseIdentity? identity = null,
    RestoreUnderWay? restore = null)
    : IDatabase, IOpenableDatabase
{
    public const string SystemName = "postgresql";

    public string StateOfName => "SELECT 1 FROM orleansstorage WHERE graintypestring = @name LIMIT 1";

    public Task OpenAsync(CancellationToken cancellationToken) =>
        new PostgresSchema(source, options.Value, time, PostgresSchema.Migrations).PrepareAsync(
            new SchemaPreparation(options.Value.ApplySchema, identity) { Restores = restore is not null }, cancellationToken);

    public async Task CloseAsync() => await source.DisposeAsync();

    public Task<int> WriteAsync(Operation operation, IReadOnlyList<Statement> statements, Durability durability, CancellationToken cancellationToken) =>
        RunAsync(operation, () => durability == Durability.Durable
            ? WriteAsync(statements, cancellationToken)
            : WriteBehindAsync(statements, cancellationToken));

    public Task<List<T>> ReadAsync<T>(Operation operation, Statement statement, Func<DbDataReader, T> map, CancellationToken cancellationToken) =>
        RunAsync(operation, async () =>
        {
            await using var command = source.CreateCommand(statement.Sql);
            AddParameters(command.Parameters, statement);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken)) rows.Add(map(reader));
            return rows;
        });

    /// <summary>Old versions of rows go with the next vacuum, old write-ahead log with its files: the server's to do (docs/operations/privacy.md).</summary>
    public Task ScrubAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(new Operation("query", "none"), new Statement("SELECT 1"), row => row.GetInt32(0), cancellationToken);
            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }

    // One round trip, and one transaction by itself: the server begins it with the batch and commits it at its end.
    private async Task<int> WriteAsync(IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        Add(batch.BatchCommands, statements);
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int> WriteBehindAsync(IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        // For this transaction only; the connection goes back to the pool as it was.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL synchronous_commit = off"));
        Add(batch.BatchCommands, statements);
        var changed = await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    private Task<T> RunAsync<T>(Operation operation, Func<Task<T>> work) => telemetry.RunAsync(SystemName, operation, PostgresFailures.Translate, work);

    internal static void Add(NpgsqlBatchCommandCollection commands, IReadOnlyList<Statement> statements)
    {
        foreach (var statement in statements)
        {
            var command = new NpgsqlBatchCommand(statement.Sql);
            AddParameters(command.Parameters, statement);
            commands.Add(command);
        }
    }

    internal static void AddParameters(NpgsqlParameterCollection parameters, Statement statement)
    {
        statement.DemandStorable();
        foreach (var (name, value) in statement.Parameters)
        {
            parameters.Add(value is null
                ? new NpgsqlParameter { ParameterName = name, DbType = DbType.String, Value = DBNull.Value }
                : new NpgsqlParameter(name, value));
        }
    }
}
