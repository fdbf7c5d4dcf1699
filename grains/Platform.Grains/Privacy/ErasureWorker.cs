using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Privacy;

/// <summary>Takes up erasures that a crash or an outage has stopped: at the start, and then every minute.</summary>
public sealed partial class ErasureWorker(IErasures erasures, IGrainFactory grains, TimeProvider time, ILogger<ErasureWorker> logger) : BackgroundService
{
    private const int BatchSize = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>One round.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        foreach (var user in await erasures.ListOpenAsync(BatchSize, cancellationToken)) await grains.Erasure(user).ResumeAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await ResumeAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(logger, failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(EventName = "ErasuresNotResumed", Level = LogLevel.Warning, Message = "Open erasures could not be taken up; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception failure);
}
