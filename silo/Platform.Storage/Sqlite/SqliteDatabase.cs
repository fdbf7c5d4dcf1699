using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Storage.Migrations;

namespace Platform.Storage.Sqlite;

/// <summary>The one file of an installation in one process.</summary>
internal sealed class SqliteDatabase(
    IOptions<PlatformOptions> platform,
    IOptions<DatabaseOptions> options,
    StorageTelemetry telemetry,
    DatabaseIdentity? identity = null,
    RestoreUnderWay? restore = null) : IDatabase, IOpenableDatabase, IDisposable
{
    private const string SystemName = "sqlite";

    private static readonly Operation Scrub = new("clear", "data_keys");
    private static readonly Operation Probe = new("query", "schema_version");
    private static readonly Operation ProbeWrite = new("write", "grain_state");

    // As large as a real write, so that it does not fit where those do not. No grain has an empty key.
    private static readonly Statement ProbeInsert = new(
        """
        INSERT INTO grain_state (state_name, grain_key, version, payload, modified_at) VALUES ('probe', '', 1, zeroblob(65536), 0)
        ON CONFLICT DO NOTHING
        """);

    private static readonly Statement ProbeDelete = new("DELETE FROM grain_state WHERE state_name = 'probe' AND grain_key = ''");

    private readonly Lock _gate = new();
    private SqliteFile? _file;
    private SqliteReaders? _readers;
    private volatile SqliteWriter? _writer;

    public string StateOfName => "SELECT 1 FROM grain_state WHERE state_name = @name LIMIT 1";

    public long Commits => Writer.Commits;

    private SqliteWriter Writer => _writer ?? throw new StorageUnavailableException("Storage is not open.");

    /// <summary>Takes the file, checks it, brings the schema up to date where it may.</summary>
    public Task OpenAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_writer is not null) return Task.CompletedTask;
            _file = new SqliteFile(platform.Value.DataDirectory);
            try
            {
                using (var session = OpenSession(_file.Path))
                {
                    SqliteSchema.Prepare(session, new SchemaPreparation(options.Value.ApplySchema, identity) { Restores = restore is not null }, SqliteSchema.Migrations);
                }

                _readers = new SqliteReaders(_file.Path, options.Value.OperationTimeout);
                var path = _file.Path;
                _writer = new SqliteWriter(() => OpenSession(path), options.Value.WriteQueueLimit, options.Value.WriteGroupLimit);
            }
            catch (SqliteException e)
            {
                var path = _file.Path;
                _file.Dispose();
                throw new StartupException($"The database {path} cannot be opened: {e.Message}", e);
            }
            catch
            {
                _file.Dispose();
                throw;
            }
        }

        return Task.CompletedTask;
    }

    public Task<int> WriteAsync(Operation operation, IReadOnlyList<Statement> statements, Durability durability, CancellationToken cancellationToken) =>
        telemetry.RunAsync(SystemName, operation, SqliteFailures.Translate, () => CommitAsync(statements, cancellationToken));

    public Task<List<T>> ReadAsync<T>(Operation operation, Statement statement, Func<DbDataReader, T> map, CancellationToken cancellationToken) =>
        telemetry.RunAsync(
            SystemName,
            operation,
            SqliteFailures.Translate,
            () =>
            {
                statement.DemandStorable();
                return Readers.RunAsync(session => session.Query(statement, map), cancellationToken);
            });

    /// <summary>The write-ahead log is folded into the file and cut to nothing. Waits for readers that still need it.</summary>
    public Task ScrubAsync(CancellationToken cancellationToken) => telemetry.RunAsync(SystemName, Scrub, SqliteFailures.Translate, () => Task.Run(
        () =>
        {
            using var session = OpenSession(_file?.Path ?? throw new StorageUnavailableException("Storage is not open."));
            var busy = session.Query(new Statement("PRAGMA wal_checkpoint(TRUNCATE)"), row => row.GetInt64(0) != 0).Single();
            return busy ? throw new StorageUnavailableException("The write-ahead log is in use.") : true;
        },
        cancellationToken));

    public async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(Probe, new Statement("SELECT version FROM schema_version LIMIT 1"), row => row.GetInt64(0), cancellationToken);
            // Costs two commits, so it is tried only while writes fail.
            if (telemetry.WritesFail)
            {
                await this.WriteAsync(ProbeWrite, ProbeInsert, cancellationToken);
                await this.WriteAsync(ProbeWrite, ProbeDelete, cancellationToken);
            }

            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }

    public Task CloseAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Commits what waits; the writer, last of all connections and the only one that may, folds the write-ahead log into the file; then the file is
    /// free for another process.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _readers?.Dispose();
            _writer?.Dispose();
            _file?.Dispose();
            (_writer, _readers, _file) = (null, null, null);
        }
    }

    private SqliteReaders Readers => _readers ?? throw new StorageUnavailableException("Storage is not open.");

    private static StorageUnavailableException TookTooLong(bool neverBegun) =>
        neverBegun ? new("The write waited too long; nothing was written.") : new("Storage did not answer in time.");

    private static SqliteSession OpenSession(string path) => new(path, SqliteOpenMode.ReadWrite);

    private async Task<int> CommitAsync(IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var statement in statements) statement.DemandStorable();
        var operation = new WriteOperation(statements);
        if (!Writer.TryEnqueue(operation)) throw new StorageUnavailableException("Too many writes are waiting; nothing was written.");
        try
        {
            return await operation.Done.WaitAsync(options.Value.OperationTimeout, TimeProvider.System, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            operation.TryGiveUp();
            throw;
        }
        catch (TimeoutException)
        {
            throw TookTooLong(operation.TryGiveUp());
        }
    }
}
