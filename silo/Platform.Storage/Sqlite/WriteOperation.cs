namespace Platform.Storage.Sqlite;

/// <summary>A queued write. Its caller gets the answer only after the commit, and may give the write up until the writer has begun it.</summary>
internal sealed class WriteOperation(IReadOnlyList<Statement> statements)
{
    private const int Queued = 0;
    private const int Begun = 1;
    private const int GivenUp = 2;

    // Continuations of callers never run on the writer's thread.
    private readonly TaskCompletionSource<int> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = Queued;
    private int _changed;

    public Task<int> Done => _done.Task;

    /// <summary>Set when the operation itself failed while its group went on.</summary>
    public Exception? Error { get; set; }

    /// <summary>False when the caller has given up: then it must not happen any more.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref _state, Begun, Queued) == Queued;

    /// <returns>True: it will never happen. False: it has begun, the outcome is open.</returns>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Queued) == Queued;

    /// <summary>May run again after its transaction was rolled back.</summary>
    public void Run(SqliteSession session)
    {
        Error = null;
        _changed = 0;
        foreach (var statement in statements) _changed += session.Execute(statement);
    }

    public void Complete()
    {
        if (Error is { } error) Fail(error);
        else _done.TrySetResult(_changed);
    }

    public void Fail(Exception error)
    {
        _done.TrySetException(error);
        _ = _done.Task.Exception; // Seen: the caller may have given up waiting.
    }
}
