using System.Threading.Channels;
using Platform.RateLimiting;

namespace Platform.Api.RateLimiting;

/// <summary>
/// Lets the hosts of a cluster draw on the same budgets (threat T70, decision 103). No request waits for it: a host lets calls through by what it knows, and what it tells, and hears, is a few
/// milliseconds old. A process that is alone shares nothing; where the grains do not answer each host counts for itself, as much as it has heard so far included.
/// </summary>
internal sealed partial class RateLimitExchange(IGrainFactory grains, IOptions<PlatformOptions> options, TimeProvider time, ILogger<RateLimitExchange> logger) : BackgroundService
{
    /// <summary>What is drawn in quick succession is told together; what is drawn after a pause at once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _drawn = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private ImmutableArray<ISharedRateLimit> _limits = [];
    private bool _failing;

    /// <summary>Before the limiter is used.</summary>
    public RateLimiter<TKey> Share<TKey>(RateLimiter<TKey> limiter) where TKey : struct, IEquatable<TKey>
    {
        if (options.Value.Topology == Topology.Embedded) return limiter;
        limiter.Share(() => _drawn.Writer.TryWrite(true));
        ImmutableInterlocked.Update(ref _limits, limits => limits.Add(new SharedRateLimit<TKey>(limiter, grains.RateLimit(limiter.Name))));
        return limiter;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _drawn.Reader.ReadAsync(stoppingToken);
                await Task.WhenAll(_limits.Select(limit => limit.ExchangeAsync(stoppingToken)));
                _failing = false;
                await Task.Delay(Pause, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                if (!_failing) NotShared(logger, failure);
                _failing = true;
                _drawn.Writer.TryWrite(true);
                await Task.Delay(RetryPause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(EventName = "RateLimitsNotShared", Level = LogLevel.Warning, Message = "This host could not tell the others what its clients have used of their rate limits; until it can, it counts for itself")]
    private static partial void NotShared(ILogger logger, Exception failure);
}
