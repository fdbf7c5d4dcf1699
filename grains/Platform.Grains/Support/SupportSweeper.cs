using Microsoft.Extensions.Logging;
using Platform.Lifecycle;

namespace Platform.Support;

/// <summary>
/// Ends support grants whose time is over with nobody asking, so that the access log says when. Nothing is refused or let through by it: each use is judged by the clock.
/// </summary>
internal sealed partial class SupportSweeper(SupportGrantTable table, IGrainFactory grains, TimeProvider time, ILogger<SupportSweeper> logger) : PeriodicService(Interval, time)
{
    private const int BatchSize = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <summary>One round.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        IReadOnlyList<TenantId> due;
        TenantId? last = null;
        do
        {
            due = await table.FindDueAsync(now, last, BatchSize, cancellationToken);
            foreach (var tenant in due) await TrySettleAsync(tenant, cancellationToken);
            if (due.Count > 0) last = due[^1];
        }
        while (due.Count == BatchSize);
    }

    protected override Task RunAsync(CancellationToken cancellationToken) => SweepAsync(cancellationToken);

    protected override void LogFailure(Exception failure) => Failed(logger, failure);

    /// <summary>One tenant's trouble does not keep the others waiting.</summary>
    private async Task TrySettleAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            await grains.SupportExpiry(tenant).SettleAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(logger, failure);
        }
    }

    [LoggerMessage(EventName = "SupportSweepFailed", Level = LogLevel.Warning, Message = "Not all expired support grants could be ended; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception failure);
}
