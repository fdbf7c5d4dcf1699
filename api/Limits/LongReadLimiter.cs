using Platform.Api.Problems;

namespace Platform.Api.Limits;

/// <summary>
/// Bounds how many long reads (exports and checks of logs, exports of users) run at a time at this host: some for all, fewer for one tenant, so that nobody's slow readers take the
/// others' turn (threat T72).
/// </summary>
internal sealed class LongReadLimiter(IOptions<LimitsOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TenantId, int> _running = [];
    private int _all;

    public int Running
    {
        get
        {
            lock (_gate) return _all;
        }
    }

    /// <returns>Null: too many of this tenant (<paramref name="own"/>) or of all. Otherwise to be disposed at the end.</returns>
    public IDisposable? TryBegin(TenantId tenant, out bool own)
    {
        lock (_gate)
        {
            var mine = _running.GetValueOrDefault(tenant);
            own = mine >= options.Value.MaxLogReadsPerTenant;
            if (own || _all >= options.Value.MaxLogReads) return null;
            _running[tenant] = mine + 1;
            _all++;
        }

        return new Turn(this, tenant);
    }

    /// <param name="own">From <see cref="TryBegin"/>.</param>
    public static Problem TooMany(bool own) => new(own ? ProblemKind.TooManyAttempts : ProblemKind.Busy) { RetryAfter = TimeSpan.FromSeconds(10) };

    private void End(TenantId tenant)
    {
        lock (_gate)
        {
            _all--;
            if (--_running[tenant] == 0) _running.Remove(tenant);
        }
    }

    private sealed class Turn(LongReadLimiter limiter, TenantId tenant) : IDisposable
    {
        private LongReadLimiter? _limiter = limiter;

        public void Dispose() => Interlocked.Exchange(ref _limiter, null)?.End(tenant);
    }
}
