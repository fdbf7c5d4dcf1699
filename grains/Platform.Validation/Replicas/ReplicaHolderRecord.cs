namespace Platform.Replicas;

/// <summary>What an owner remembers of one holder.</summary>
internal sealed class ReplicaHolderRecord<T>(long incarnation, TimeProvider time) where T : class
{
    /// <summary>Of one answer. What is left comes with the next, and so does the lease.</summary>
    private const int MaxChanges = 1_000;

    private readonly Lock _gate = new();

    /// <summary>Keys, by the number of the change with which it got them last.</summary>
    private readonly Dictionary<string, long> _held = new(StringComparer.Ordinal);

    /// <summary>Keys that were taken back, by the number of the change; until it is confirmed, whoever changes the key again waits for it too.</summary>
    private readonly Dictionary<string, long> _takenBack = new(StringComparer.Ordinal);
    private readonly Queue<ReplicaChange<T>> _unconfirmed = new();
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();
    private TaskCompletionSource? _changed;
    private long _confirmed;
    private long _last;
    private long _leaseUntil = long.MinValue;
    private long _askedAt = time.GetTimestamp();
    private bool _closed;

    public long Incarnation { get; } = incarnation;

    /// <returns>False: it cannot have seen that.</returns>
    public bool Confirm(long number)
    {
        lock (_gate)
        {
            if (_closed || number > _last) return false;
            _askedAt = time.GetTimestamp();
            while (_confirmed < number)
            {
                _confirmed++;
                var change = _unconfirmed.Dequeue();
                if (change.State is null && _takenBack.TryGetValue(change.Key, out var taken) && taken == _confirmed) _takenBack.Remove(change.Key);
            }

            while (_waiting.TryPeek(out var waiter, out var awaited) && awaited <= _confirmed)
            {
                _waiting.Dequeue();
                waiter.TrySetResult();
            }

            return true;
        }
    }

    public async Task UntilChangedAsync(long confirmed, TimeSpan patience, CancellationToken cancellationToken)
    {
        Task changed;
        lock (_gate)
        {
            if (_closed || _last > confirmed) return;
            changed = (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await changed.WaitAsync(patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>What is unconfirmed, and a lease if that is all of it. Null: it has been forgotten.</summary>
    public ReplicaBatch<T>? Take(TimeSpan lease, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_closed) return null;
            var granted = lease > TimeSpan.Zero && _unconfirmed.Count <= MaxChanges ? lease : TimeSpan.Zero;
            var until = time.GetTimestamp() + (long)(granted.TotalSeconds * time.TimestampFrequency);
            if (until > _leaseUntil) _leaseUntil = until;
            return new ReplicaBatch<T> { Incarnation = Incarnation, First = _confirmed + 1, Changes = [.. _unconfirmed.Take(MaxChanges)], Lease = granted, Now = now };
        }
    }

    /// <returns>False: it has too many unconfirmed changes.</returns>
    public bool Grant(string key, Func<T?> read)
    {
        lock (_gate)
        {
            if (_closed) return true;
            var had = _held.TryGetValue(key, out var before);
            _held[key] = _last + 1;
            if (read() is { } state) return Add(new ReplicaChange<T>(key, state));
            if (had) _held[key] = before;
            else _held.Remove(key);
            return true;
        }
    }

    /// <param name="key">What it has dropped.</param>
    /// <param name="processed">Number of the last change that it had applied by then: what it got later, it has.</param>
    public void Release(string key, long processed)
    {
        lock (_gate)
        {
            if (_held.TryGetValue(key, out var granted) && granted <= processed) _held.Remove(key);
        }
    }

    public string[] Held
    {
        get
        {
            lock (_gate) return [.. _held.Keys];
        }
    }

    public bool Holds(string key)
    {
        lock (_gate) return _held.ContainsKey(key);
    }

    /// <param name="key">Of the state.</param>
    /// <param name="state">The new one; null: it is taken back.</param>
    /// <param name="overflown">It has too many unconfirmed changes.</param>
    /// <returns>Null: it answers by no earlier state than this one.</returns>
    public PendingChange<T>? TryChange(string key, T? state, out bool overflown)
    {
        lock (_gate)
        {
            overflown = false;
            if (_closed) return null;
            if (state is null ? _held.Remove(key) : _held.ContainsKey(key))
            {
                overflown = !Add(new ReplicaChange<T>(key, state));
                if (state is null) _takenBack[key] = _last;
                else _held[key] = _last;
                return new PendingChange<T>(this, _last, _leaseUntil);
            }

            return _takenBack.TryGetValue(key, out var number) ? new PendingChange<T>(this, number, _leaseUntil) : null;
        }
    }

    /// <returns>False: it has too many unconfirmed changes.</returns>
    public bool Notify(T notice)
    {
        lock (_gate) return _closed || Add(new ReplicaChange<T>("", notice));
    }

    public bool HasConfirmed(long number)
    {
        lock (_gate) return _confirmed >= number;
    }

    /// <summary>Completes when the holder has confirmed that number.</summary>
    public Task UntilConfirmedAsync(long number)
    {
        lock (_gate)
        {
            if (_confirmed >= number) return Task.CompletedTask;
            var confirmed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(confirmed, number);
            return confirmed.Task;
        }
    }

    public bool IsSilentFor(TimeSpan silence)
    {
        lock (_gate) return time.GetElapsedTime(_askedAt) > silence;
    }

    /// <summary>Nothing is granted any more.</summary>
    /// <returns>Until when it may answer.</returns>
    public long Close()
    {
        lock (_gate)
        {
            _closed = true;
            _changed?.TrySetResult();
            return _leaseUntil;
        }
    }

    private bool Add(ReplicaChange<T> change)
    {
        _unconfirmed.Enqueue(change);
        _last++;
        _changed?.TrySetResult();
        _changed = null;
        return _unconfirmed.Count <= ReplicaOwner<T>.MaxUnconfirmed;
    }
}
