using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Idempotency;

/// <summary>Removes keys, and the answers kept with them, when their 24 hours are over.</summary>
public sealed partial class IdempotencyExpiry(IIdempotencyKeys keys, TimeProvider time, ILogger<IdempotencyExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await keys.RemoveExpiredAsync(time.GetUtcNow(), stoppingToken);
            }
            catch (StorageUnavailableException failure)
            {
                Failed(logger, failure);
            }
        }
    }

    [LoggerMessage(EventName = "IdempotencyExpiryFailed", Level = LogLevel.Warning, Message = "Expired idempotency keys could not be removed; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception failure);
}
