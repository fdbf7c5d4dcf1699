using Microsoft.Extensions.Logging;
using Platform.Lifecycle;

namespace Platform.Privacy;

/// <summary>Takes up erasures that a crash or an outage has stopped: at the start, and then every minute.</summary>
internal sealed partial class ErasureWorker(ErasureTable erasures, IGrainFactory grains, TimeProvider time, ILogger<ErasureWorker> logger) : PeriodicService(Interval, time)
{
    private const int BatchSize = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override bool RunsAtStart => true;

    /// <summary>One round.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        foreach (var user in await erasures.ListOpenAsync(BatchSize, cancellationToken)) await grains.Erasure(user).ResumeAsync(cancellationToken);
    }

    protected override Task RunAsync(CancellationToken cancellationToken) => ResumeAsync(cancellationToken);

    protected override void LogFailure(Exception failure) => Failed(logger, failure);

    [LoggerMessage(EventName = "ErasuresNotResumed", Level = LogLevel.Warning, Message = "Open erasures could not be continued; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception failure);
}
