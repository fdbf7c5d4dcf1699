using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Platform.Storage.Sqlite;

/// <summary>Translates errors of SQLite for callers.</summary>
internal static class SqliteFailures
{
    public static bool IsSqlite(Exception exception) => exception is SqliteException or ObjectDisposedException;

    public static bool NeedsNewConnection(Exception exception) =>
        exception is ObjectDisposedException
            or SqliteException { SqliteErrorCode: raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB };

    /// <summary>The exception that leaves; null for what is none of ours. Details stay in the log: messages may name paths.</summary>
    public static Exception? Translate(Exception exception) => exception switch
    {
        StorageUnavailableException or StorageInputException => exception,
        SqliteException { SqliteErrorCode: raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE } => new StorageInputException(),
        SqliteException { SqliteErrorCode: raw.SQLITE_CONSTRAINT } =>
            new InvalidOperationException("The row breaks a rule of its table; nothing was written."),
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => new StorageUnavailableException("Storage is full; nothing was written."),
        SqliteException or ObjectDisposedException or IOException or UnauthorizedAccessException => new StorageUnavailableException(),
        TimeoutException => new StorageUnavailableException("Storage did not answer in time."),
        _ => null,
    };
}
