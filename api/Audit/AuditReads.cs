using Platform.Api.Hosting;
using Platform.Api.Http;

namespace Platform.Api.Audit;

/// <summary>
/// How many long reads (exports and checks of logs, exports of users) run at a time at this host: some for all, fewer for one tenant, so that nobody's slow readers take the others'
/// turn (threat T72).
/// </summary>
internal sealed class AuditReads(IOptions<LimitsOptions> options)
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

    private sealed class Turn(AuditReads reads, TenantId tenant) : IDisposable
    {
        private AuditReads? _reads = reads;

        public void Dispose() => Interlocked.Exchange(ref _reads, null)?.End(tenant);
    }
}
