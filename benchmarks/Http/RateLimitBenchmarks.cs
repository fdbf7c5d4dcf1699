using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;
using Platform.Api.RateLimiting;

namespace Platform.Benchmarks.Http;

/// <summary>
/// One request's look at the limit of its address: the framework's partitioned limiter (a token bucket an address, as decision 0014 would use it) against ours. Threads work side by
/// side on a thousand addresses; a quota that is never spent, so that both do the same.
/// </summary>
public class RateLimitBenchmarks
{
    private const int Count = 64 * 1024;
    private const int Addresses = 1_000;
    private const int Quota = 1_000_000_000;

    private RateLimiter<ulong> _ours = null!;
    private PartitionedRateLimiter<ulong> _framework = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _ours = new RateLimiter<ulong>("bench", Quota, capacity: 100_000, TimeProvider.System);
        _framework = PartitionedRateLimiter.Create<ulong, ulong>(address => RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Quota,
            TokensPerPeriod = Quota,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1),
            QueueLimit = 0,
        }));
    }

    [GlobalCleanup]
    public void Cleanup() => _framework.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int Framework() => SideBySide(address =>
    {
        using var lease = _framework.AttemptAcquire(address);
        return lease.IsAcquired;
    });

    [Benchmark(OperationsPerInvoke = Count)]
    public int Ours() => SideBySide(address => _ours.TryAcquire(address, out _, out _));

    /// <returns>How many were allowed, which is all.</returns>
    private int SideBySide(Func<ulong, bool> take)
    {
        var allowed = 0;
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
        {
            var mine = 0;
            for (var i = 0; i < Count / Threads; i++) mine += take((ulong)(((i * 7) + thread) % Addresses)) ? 1 : 0;
            Interlocked.Add(ref allowed, mine);
        });
        return allowed;
    }
}
