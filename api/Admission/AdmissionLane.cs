using Platform.Queues;

namespace Platform.Api.Admission;

/// <summary>Why a call was not let in.</summary>
internal enum AdmissionRefusal
{
    None = 0,

    /// <summary>As many wait as may.</summary>
    Full = 1,

    /// <summary>Somebody with fewer waiting took its place.</summary>
    Displaced = 2,

    /// <summary>It waited too long.</summary>
    Late = 3,

    /// <summary>As many checks of this session wait as may.</summary>
    Crowded = 4,
}

/// <summary>The calls of one class: so many run, so many wait in a <see cref="FairQueue{T}"/> for one of them to end. Nothing is allocated for a call that need not wait.</summary>
/// <param name="concurrency">So many run.</param>
/// <param name="queueLimit">So many wait.</param>
/// <param name="longestWait">For so long, where the queue stands.</param>
/// <param name="longestBurst">After so long without being empty a queue stands. Until then it is a burst, which ends by itself, and calls wait as long as this (controlled delay, as of CoDel, RFC 8289).</param>
/// <param name="time">Monotonic.</param>
internal sealed class AdmissionLane(int concurrency, int queueLimit, TimeSpan longestWait, TimeSpan longestBurst, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly FairQueue<Waiter> _queue = new(queueLimit);
    private readonly long _begin = time.GetTimestamp();
    private int _running;

    /// <summary>When it was last empty; of no meaning while it is.</summary>
    private TimeSpan _emptyUntil;

    public int Running => Volatile.Read(ref _running);

    public int Waiting
    {
        get
        {
            lock (_gate) return _queue.Count;
        }
    }

    /// <summary>True: it runs, and must leave.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_running >= concurrency) return false;
            _running++;
            return true;
        }
    }

    /// <summary>None: it runs, and must leave.</summary>
    /// <param name="network">As wide as one party may have it whole.</param>
    /// <param name="tenant">As the route names it.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public async Task<AdmissionRefusal> EnterAsync(string network, string tenant, CancellationToken cancellationToken)
    {
        var waiter = new Waiter();
        Waiter? displaced;
        TimeSpan longest;
        lock (_gate)
        {
            if (_running < concurrency)
            {
                _running++;
                return AdmissionRefusal.None;
            }

            var now = Now;
            RefuseOverdue(now);
            if (_queue.Count == 0) _emptyUntil = now;
            longest = LongestAt(now);
            if (!_queue.TryAdd(network, tenant, waiter, now, out displaced)) return AdmissionRefusal.Full;
        }

        displaced?.TrySettle(AdmissionRefusal.Displaced);
        try
        {
            return await waiter.Outcome.WaitAsync(longest, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return waiter.TrySettle(AdmissionRefusal.Late) ? AdmissionRefusal.Late : await waiter.Outcome;
        }
        catch (OperationCanceledException)
        {
            // A place that it was given in the same moment goes to the next.
            if (!waiter.TrySettle(AdmissionRefusal.Late) && await waiter.Outcome == AdmissionRefusal.None) Leave();
            throw;
        }
    }

    /// <summary>A call has ended: its place goes to whoever's turn it is.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            var now = Now;
            RefuseOverdue(now);
            while (_queue.TryTake(now, out var next, out _))
            {
                if (next.TrySettle(AdmissionRefusal.None)) return;
            }

            _running--;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_begin);

    private TimeSpan LongestAt(TimeSpan now) => now - _emptyUntil < longestBurst && longestBurst > longestWait ? longestBurst : longestWait;

    private void RefuseOverdue(TimeSpan now)
    {
        var longest = LongestAt(now);
        while (_queue.TryTakeOverdue(now, longest, out var overdue)) overdue.TrySettle(AdmissionRefusal.Late);
    }

    private sealed class Waiter
    {
        private readonly TaskCompletionSource<AdmissionRefusal> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<AdmissionRefusal> Outcome => _outcome.Task;

        /// <summary>False: it was settled before, or has gone.</summary>
        public bool TrySettle(AdmissionRefusal outcome) => _outcome.TrySetResult(outcome);
    }
}
