using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Platform.Storage.Sqlite;

/// <summary>
/// Read-only connections. Reads run on pool threads, never on the caller's (a grain's turn must not wait for a disk), and a bounded number at a time,
/// so that a stuck disk holds a bounded number of threads.
/// </summary>
internal sealed class SqliteReaders(string path, TimeSpan timeout) : IDisposable
{
    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private readonly SemaphoreSlim _slots = new(Math.Max(4, Environment.ProcessorCount * 2));
    private volatile bool _closed;

    public async Task<T> RunAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        if (!await _slots.WaitAsync(timeout, cancellationToken)) throw new StorageUnavailableException("Too many reads are waiting.");
        return await Task.Run(() => Run(read), CancellationToken.None).WaitAsync(timeout, TimeProvider.System, cancellationToken);
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var session)) session.Dispose();
    }

    // Gives the slot back when the read has truly ended, not when its caller gave up.
    private T Run<T>(Func<SqliteSession, T> read)
    {
        SqliteSession? session = null;
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_idle.TryTake(out session)) session = new SqliteSession(path, SqliteOpenMode.ReadOnly);
            var result = read(session);
            _idle.Add(session);
            session = null;
            return result;
        }
        finally
        {
            session?.Dispose();
            _slots.Release();
            if (_closed) Dispose();
        }
    }
}
