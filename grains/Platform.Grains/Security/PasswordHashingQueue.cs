using Microsoft.Extensions.Options;
using Platform.Telemetry;

namespace Platform.Security;

internal enum PasswordCheck
{
    Wrong = 0,
    Right = 1,

    /// <summary>Right, but hashed with parameters below today's: store it anew.</summary>
    RightButOutdated = 2,

    /// <summary>There was no turn for it; nothing was checked.</summary>
    Busy = 3,
}

/// <summary>
/// Hashes and verifies passwords with Argon2id (decision 0066) on a few threads of its own behind a bounded queue, so that a storm of
/// sign-ins cannot take the threads that validate sessions, and takes no more memory than the threads' (rows PWHASH, DDOS). Turns are fair (decision 0094). One more thread, at the usual
/// priority, makes single hashes while the others get no processor.
/// </summary>
internal sealed class PasswordHashingQueue : IDisposable
{
    /// <summary>Well below the time that callers wait for an answer: who would only time out is told so before, and costs no hash.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly HashingTurns<Job> _turns;
    private readonly SemaphoreSlim _places = new(0);
    private readonly HashingStall _stall = new();
    private readonly List<Job> _running = [];
    private readonly SemaphoreSlim _relief = new(0);
    private readonly ITimer _watch;
    private readonly Argon2Cost _cost;
    private readonly PlatformMetrics _metrics;
    private readonly TimeProvider _time;

    /// <summary>Its text is parsed anew at each use, as a stored one is.</summary>
    private readonly string _decoy;

    private readonly long _begin;
    private bool _ended;

    /// <exception cref="ArgumentOutOfRangeException">The cost is below the floor.</exception>
    public PasswordHashingQueue(IOptions<PasswordHashingOptions> options, PlatformMetrics metrics, TimeProvider time)
        : this(AtLeastTheFloor(options.Value), options.Value, metrics, time)
    {
    }

    /// <summary>Tests hash at any cost.</summary>
    internal PasswordHashingQueue(Argon2Cost cost, PasswordHashingOptions options, PlatformMetrics metrics, TimeProvider time)
    {
        (_cost, _metrics, _time, _decoy, _begin) = (cost, metrics, time, PasswordHash.Decoy(cost).Format(), time.GetTimestamp());
        _turns = new HashingTurns<Job>(options.QueueLimit, LongestWait);
        for (var i = 0; i < options.Threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = $"password hashing {i}" }.Start();
        }

        new Thread(Relieve) { IsBackground = true, Name = "password hashing, relief" }.Start();
        _watch = time.CreateTimer(_ => Watch(), state: null, HashingStall.Patience, HashingStall.Patience);
    }

    /// <summary>Verifies against <paramref name="hash"/>, or against a hash that nothing matches when there is none: the work is the same.</summary>
    /// <exception cref="InvalidDataException">The stored hash is none; the work was the same.</exception>
    public async Task<PasswordCheck> VerifyAsync(HashingCaller caller, string? hash, string password, CancellationToken cancellationToken)
    {
        var result = await RunAsync(caller, () => Verify(hash ?? _decoy, password), cancellationToken);
        return result switch
        {
            null => PasswordCheck.Busy,
            _ when hash is null => PasswordCheck.Wrong,
            { Malformed: true } => throw new InvalidDataException("A stored password hash is malformed."),
            { IsRight: false } => PasswordCheck.Wrong,
            { Cost: var cost } => cost.IsBelow(_cost) ? PasswordCheck.RightButOutdated : PasswordCheck.Right,
        };
    }

    /// <summary>Null when there was no turn for it.</summary>
    public async Task<string?> HashAsync(HashingCaller caller, string password, CancellationToken cancellationToken) =>
        await RunAsync<HashedPassword>(caller, () => new HashedPassword(PasswordHash.Of(PasswordPolicy.Normalise(password), _cost).Format()), cancellationToken) is { } hashed
            ? hashed.Text
            : null;

    /// <summary>What waits is still done.</summary>
    public void Dispose()
    {
        lock (_gate) _ended = true;
        _watch.Dispose();
        _places.Release();
        _relief.Release();
    }

    /// <summary>Null when there was no turn for it.</summary>
    /// <param name="caller">Whose turn it is.</param>
    /// <param name="hash">Runs twice where its thread gets no processor: the first result counts.</param>
    /// <param name="cancellationToken">Of a caller who goes away before the turn.</param>
    internal async Task<T?> RunAsync<T>(HashingCaller caller, Func<T> hash, CancellationToken cancellationToken) where T : struct
    {
        var done = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var counted = 0;
        Enqueue(caller, new Job(caller.IsKnown, Hash, () => done.TrySetResult(null)));
        return await done.Task;

        Action Hash()
        {
            // Who went away meanwhile costs no hash.
            if (cancellationToken.IsCancellationRequested) return () => done.TrySetCanceled(cancellationToken);
            try
            {
                var started = _time.GetTimestamp();
                var result = hash();
                if (Interlocked.Exchange(ref counted, 1) == 0) _metrics.PasswordHashed(_time.GetElapsedTime(started));
                return () => done.TrySetResult(result);
            }
            catch (Exception failure)
            {
                return () => done.TrySetException(failure);
            }
        }
    }

    private readonly record struct HashedPassword(string Text);

    private readonly record struct Verified(bool IsRight, Argon2Cost Cost, bool Malformed);

    private TimeSpan Now => _time.GetElapsedTime(_begin);

    private static Argon2Cost AtLeastTheFloor(PasswordHashingOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryKiB, PasswordHashingOptions.MinMemoryKiB);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Passes, PasswordHashingOptions.MinPasses);
        return new Argon2Cost(options.MemoryKiB, options.Passes);
    }

    private Verified Verify(string hash, string password)
    {
        var malformed = !PasswordHash.TryParse(hash, out var stored);
        stored ??= PasswordHash.Decoy(_cost);
        return new Verified(stored.Verify(PasswordPolicy.Normalise(password)), stored.Cost, malformed);
    }

    private void Enqueue(HashingCaller caller, Job job)
    {
        bool accepted;
        Job? displaced;
        lock (_gate)
        {
            var now = Now;
            if (_turns.Count + _running.Count == 0) _stall.Begin(now);
            accepted = _turns.TryAdd(caller, job, now, out displaced);
        }

        if (!accepted) Refuse(job, HashingRefusal.Full);
        else if (displaced is not null) Refuse(displaced, HashingRefusal.Displaced);
        else _places.Release();
    }

    private void Work()
    {
        LowPriority.MakeThisThreadIdle();
        while (true)
        {
            _places.Wait();
            if (TryTake() is { } job) Run(job);
            else if (_ended) break;
        }

        // The next thread ends too.
        _places.Release();
    }

    private void Run(Job job)
    {
        var started = Now;
        var tell = job.Hash();
        lock (_gate)
        {
            _running.Remove(job);
            _stall.Finish(Now, Now - started);
        }

        tell();
    }

    private void Watch()
    {
        lock (_gate)
        {
            if (_turns.Count + _running.Count == 0 || !_stall.Is(Now)) return;
        }

        _metrics.PasswordHashingStalled();
        _relief.Release();
    }

    /// <summary>One hash for each look that finds the others standing still, so that validations lose little to it.</summary>
    private void Relieve()
    {
        while (true)
        {
            _relief.Wait();
            if (_ended) return;
            if ((TakeStuck() ?? TryTake()) is { } job) Run(job);
        }
    }

    /// <summary>The one that has been with its thread for longest. Null: none, or all have been relieved already.</summary>
    private Job? TakeStuck()
    {
        lock (_gate)
        {
            if (_running.Find(job => !job.IsRelieved) is not { } stuck) return null;
            stuck.IsRelieved = true;
            return stuck;
        }
    }

    /// <summary>Null: whoever waited was refused meanwhile.</summary>
    private Job? TryTake()
    {
        while (true)
        {
            Job? overdue;
            lock (_gate)
            {
                var now = Now;
                if (!_turns.TryTakeOverdue(now, out overdue))
                {
                    if (!_turns.TryTake(now, out var job, out var waited)) return null;
                    _metrics.PasswordHashWaited(job.IsKnown, waited);
                    _running.Add(job);
                    return job;
                }
            }

            Refuse(overdue, HashingRefusal.Late);
        }
    }

    private void Refuse(Job job, HashingRefusal why)
    {
        _metrics.PasswordHashRefused(job.IsKnown, why);
        job.Refuse();
    }

    private sealed class Job(bool isKnown, Func<Action> hash, Action refuse)
    {
        public bool IsKnown { get; } = isKnown;

        /// <summary>What it returns tells the caller.</summary>
        public Func<Action> Hash { get; } = hash;

        public Action Refuse { get; } = refuse;

        /// <summary>Another thread computes it too.</summary>
        public bool IsRelieved { get; set; }
    }
}
