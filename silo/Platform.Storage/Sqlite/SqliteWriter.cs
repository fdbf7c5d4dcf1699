using System.Collections.Concurrent;

namespace Platform.Storage.Sqlite;

/// <summary>
/// The only writer of the file: a thread that puts all waiting writes into one transaction. Cost of a commit (one fsync) is shared by the group;
/// a write that finds the writer idle waits for nobody. Every caller gets its answer after the commit that holds its write.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    // 16 MiB hold the pages of indexes that nearly every write changes (the default is 2). A checkpoint after 16 MiB of log, not 4, copies a page once for several changes of it.
    private const string Settings = "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096;";

    private static readonly Statement Begin = new("BEGIN IMMEDIATE");
    private static readonly Statement Commit = new("COMMIT");
    private static readonly Statement Rollback = new("ROLLBACK");
    private static readonly Statement Savepoint = new("SAVEPOINT one");
    private static readonly Statement Release = new("RELEASE one");
    private static readonly Statement RollbackTo = new("ROLLBACK TO one");

    private readonly Func<SqliteSession> _open;
    private readonly int _groupLimit;
    private readonly BlockingCollection<WriteOperation> _queue;
    private readonly Thread _thread;
    private SqliteSession? _session;
    private long _commits;

    public SqliteWriter(Func<SqliteSession> open, int queueLimit, int groupLimit)
    {
        _open = open;
        _groupLimit = groupLimit;
        _queue = new BlockingCollection<WriteOperation>(queueLimit);
        _session = Open();
        _thread = new Thread(Work) { IsBackground = true, Name = "platform-storage-writer" };
        _thread.Start();
    }

    /// <summary>Transactions committed so far.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <returns>False: too many wait already, or the writer is closed. Nothing was done.</returns>
    public bool TryEnqueue(WriteOperation operation)
    {
        try
        {
            return _queue.TryAdd(operation);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Commits what waits, then ends.</summary>
    public void Dispose()
    {
        if (_queue.IsAddingCompleted) return;
        _queue.CompleteAdding();
        _thread.Join();
        _session?.Dispose();
        _queue.Dispose();
    }

    private SqliteSession Open()
    {
        var session = _open();
        session.Run(Settings);
        return session;
    }

    private void Work()
    {
        var group = new List<WriteOperation>(_groupLimit);
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            if (first.TryBegin()) group.Add(first);
            while (group.Count < _groupLimit && _queue.TryTake(out var next))
            {
                if (next.TryBegin()) group.Add(next);
            }

            if (group.Count > 0) RunGroup(group);
            group.Clear();
        }
    }

    private void RunGroup(List<WriteOperation> group)
    {
        var lost = TryTransaction(group);
        if (lost is null)
        {
            foreach (var operation in group) operation.Complete();
        }
        else if (group.Count > 1)
        {
            // The whole transaction was undone, perhaps by one write that was too large for the disk: each has its own chance.
            foreach (var operation in group) RunGroup([operation]);
        }
        else
        {
            group[0].Fail(lost);
        }
    }

    /// <returns>Why the transaction was undone; null when it is committed.</returns>
    private Exception? TryTransaction(List<WriteOperation> group)
    {
        try
        {
            _session ??= Open();
            _session.Execute(Begin);
            foreach (var operation in group) RunOne(_session, operation);
            _session.Execute(Commit);
            Interlocked.Increment(ref _commits);
            return null;
        }
        catch (Exception e)
        {
            Abandon(e);
            return e;
        }
    }

    private static void RunOne(SqliteSession session, WriteOperation operation)
    {
        session.Execute(Savepoint);
        try
        {
            operation.Run(session);
        }
        catch (Exception e) when (session.InTransaction)
        {
            session.Execute(RollbackTo);
            operation.Error = e;
        }

        session.Execute(Release);
    }

    private void Abandon(Exception cause)
    {
        try
        {
            if (_session?.InTransaction == true) _session.Execute(Rollback);
        }
        catch (Exception e) when (SqliteFailures.IsSqlite(e))
        {
            cause = e;
        }

        // After an I/O error the connection's picture of the file cannot be trusted: begin anew.
        if (!SqliteFailures.NeedsNewConnection(cause)) return;
        _session?.Dispose();
        _session = null;
    }
}
