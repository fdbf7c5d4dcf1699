using Microsoft.Extensions.Logging;
using Platform.Lifecycle;

namespace Platform.Expiry;

/// <summary>Removes expired rows. Nothing depends on how soon it does, because every reader checks the time as well.</summary>
internal sealed partial class ExpiredRows(IEnumerable<IExpiringTable> tables, TimeProvider time, ILogger<ExpiredRows> logger) : PeriodicService(Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var table in tables) await table.RemoveExpiredAsync(Time.GetUtcNow(), cancellationToken);
    }

    protected override void LogFailure(Exception failure) => Failed(logger, failure);

    [LoggerMessage(EventName = "ExpiredRowsNotRemoved", Level = LogLevel.Warning, Message = "Expired rows could not be removed; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception failure);
}
