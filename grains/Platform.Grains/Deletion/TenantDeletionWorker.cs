using Microsoft.Extensions.Logging;
using Platform.Lifecycle;

namespace Platform.Deletion;

/// <summary>Does every minute what is due of deletions of tenants, and takes up those that a crash or an outage has stopped. Each node may: one grain does the work.</summary>
internal sealed partial class TenantDeletionWorker(TenantDeletionTable deletions, IGrainFactory grains, TimeProvider time, ILogger<TenantDeletionWorker> logger) : PeriodicService(Interval, time)
{
    private const int BatchSize = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override bool RunsAtStart => true;

    /// <summary>One round.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        foreach (var tenant in await deletions.ListDueAsync(Time.GetUtcNow(), BatchSize, cancellationToken)) await TryResumeAsync(tenant, cancellationToken);
    }

    protected override Task RunAsync(CancellationToken cancellationToken) => ResumeAsync(cancellationToken);

    protected override void LogFailure(Exception failure) => Failed(logger, failure);

    /// <summary>One tenant's trouble does not keep the others waiting.</summary>
    private async Task TryResumeAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            await grains.TenantDeletion(tenant).ResumeAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(logger, failure);
        }
    }

    [LoggerMessage(EventName = "TenantDeletionsNotResumed", Level = LogLevel.Warning, Message = "Deletions of tenants could not be continued; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception failure);
}
