using System.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Hosting;

namespace Platform.Storage.Postgres;

/// <summary>
/// Holds the data directory and the database for this one process where the platform runs in one process (topology <see cref="Topology.Embedded"/>): a
/// second would answer for sessions that the first has ended. The silos of a cluster share the database, which keeps such a one away. It is held by an advisory lock on a
/// connection of its own, which the server lets go when the process is gone.
/// </summary>
internal sealed partial class PostgresDatabaseLock(
    NpgsqlDataSource source,
    IOptions<PlatformOptions> options,
    FatalShutdown end,
    ILogger<PostgresDatabaseLock> logger) : IDatabaseOwnership, IDisposable
{
    // Arbitrary, for ever; another than that of the schema.
    internal const long LockKey = 0x506C6174666F726E;

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    /// <summary>A process that was killed is gone for the server when it has finished what that had begun.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly string _shared = options.Value.Topology == Topology.Embedded ? "" : "_shared";
    private readonly CancellationTokenSource _stopping = new();
    private DataDirectoryLock? _directory;
    private NpgsqlConnection? _connection;
    private int _holder;
    private Task _watch = Task.CompletedTask;

    /// <exception cref="StartupException">Another process holds the directory or, after ten seconds, still the database.</exception>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        _directory = Open(options.Value.DataDirectory);
        var started = TimeProvider.System.GetTimestamp();
        while (!await TryTakeAsync(cancellationToken))
        {
            if (TimeProvider.System.GetElapsedTime(started) > Timeout)
            {
                throw new StartupException($"Another process uses the database of ConnectionStrings:{DatabaseOptions.ConnectionName}. Stop it, or name another database.");
            }

            await Task.Delay(CheckEvery / 4, TimeProvider.System, cancellationToken);
        }

        _watch = WatchAsync(_stopping.Token);
    }

    public async Task ReleaseAsync()
    {
        if (_directory is null) return;
        await _stopping.CancelAsync();
        await _watch;
        await LetGoAsync();
        _directory.Dispose();
        _directory = null;
    }

    /// <summary>Releases the lock after a failed start, because nothing else does.</summary>
    public void Dispose()
    {
        _connection?.Dispose();
        _directory?.Dispose();
        _stopping.Dispose();
    }

    private static DataDirectoryLock Open(string directory)
    {
        try
        {
            return new DataDirectoryLock(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {Path.GetFullPath(directory)} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>
    /// The lock goes with its connection, when the server restarts for one. It is taken again as soon as the server answers; should another process have
    /// been quicker, this one ends.
    /// </summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CheckEvery, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (await HoldsAsync(cancellationToken) || await TakeAgainAsync(cancellationToken)) continue;
                LogLost();
                end.Begin();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task<bool> HoldsAsync(CancellationToken cancellationToken)
    {
        if (_connection is not { State: ConnectionState.Open }) return false;
        try
        {
            await using var command = new NpgsqlCommand("SELECT 1", _connection);
            await command.ExecuteScalarAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <returns>True also when the server does not answer: then nobody else has the lock from it either.</returns>
    private async Task<bool> TakeAgainAsync(CancellationToken cancellationToken)
    {
        await LetGoAsync();
        try
        {
            if (await TryTakeAsync(cancellationToken)) return true;
            // A server that has not seen the connection break still counts it as the holder.
            await EndAsync(_holder, cancellationToken);
            await Task.Delay(CheckEvery, TimeProvider.System, cancellationToken);
            return await TryTakeAsync(cancellationToken);
        }
        catch (NpgsqlException)
        {
            return true;
        }
    }

    private async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock{_shared}({LockKey})", connection);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                (_connection, _holder, connection) = (connection, connection.ProcessID, null);
                return true;
            }

            return false;
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync();
        }
    }

    private async Task EndAsync(int holder, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND pid = @holder AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """);
        command.Parameters.AddWithValue("holder", holder);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task LetGoAsync()
    {
        if (_connection is not { } connection) return;
        _connection = null;
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock{_shared}({LockKey})", connection);
            await command.ExecuteScalarAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection is broken, and the lock gone with it.
        }

        await connection.DisposeAsync();
    }

    [LoggerMessage(EventName = "DatabaseLost", Level = LogLevel.Critical, Message = "Another process has taken the database while the connection to it was lost. This process ends.")]
    private partial void LogLost();
}
