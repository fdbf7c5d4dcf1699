using System.Net.Sockets;
using System.Text;
using Npgsql;
using Orleans.Storage;

namespace Platform.Storage.Postgres;

/// <summary>Translates errors of PostgreSQL and its driver for callers.</summary>
internal static class PostgresFailures
{
    /// <summary>The exception that leaves; null for what is none of ours. Details stay in the log: messages may name hosts and values.</summary>
    public static Exception? Translate(Exception exception) => exception switch
    {
        StorageUnavailableException or StorageInputException => exception,
        InconsistentStateException or OperationCanceledException => null,
        PostgresException { SqlState: [ '2', '3', .. ] } => new InvalidOperationException("The row breaks a rule of its table; nothing was written."),
        // Data exceptions, and values beyond a limit of the server; halves of surrogate pairs fail in the driver.
        PostgresException { SqlState: ['2', '2', ..] or ['5', '4', ..] } or EncoderFallbackException => new StorageInputException(),
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new StorageUnavailableException("Storage is full; nothing was written."),
        NpgsqlException { InnerException: TimeoutException } or TimeoutException =>
            new StorageUnavailableException("Storage did not answer in time."),
        NpgsqlException or SocketException or IOException or ObjectDisposedException => new StorageUnavailableException(),
        _ => null,
    };
}
