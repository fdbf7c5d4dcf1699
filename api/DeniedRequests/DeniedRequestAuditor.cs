using Platform.Telemetry;

namespace Platform.Api.DeniedRequests;

/// <summary>Writes refused calls to the access logs, one after the other. What cannot be written now is counted, and written at the next such call.</summary>
internal sealed partial class DeniedRequestAuditor(DeniedRequestQueue refused, IGrainFactory grains, PlatformMetrics metrics, ILogger<DeniedRequestAuditor> logger) : BackgroundService
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Returns when all that waited has been written or given back.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (refused.Waiting.TryRead(out var call)) await WriteAsync(call, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await FlushAsync(cancellationToken);
        }
        catch (OperationCanceledException failure)
        {
            // No time is left. What stops after this must not suffer for it.
            GiveUp(0, failure);
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A stop does not cut off an entry that is being written: it would be lost, and nobody asks again soon.
            while (await refused.Waiting.WaitToReadAsync(stoppingToken)) await FlushAsync(CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task WriteAsync(RefusedCall call, CancellationToken cancellationToken)
    {
        try
        {
            await call.WriteAsync(grains, cancellationToken);
            metrics.DeniedRequestsRecorded(1, "recorded");
        }
        catch (Exception failure)
        {
            // Whatever is wrong with the log must not end this service. Those behind it would only wait for the same.
            call.Forget();
            GiveUp(1, failure);
        }
    }

    private void GiveUp(int lost, Exception failure)
    {
        for (; refused.Waiting.TryRead(out var next); lost++) next.Forget();
        if (lost == 0) return;
        metrics.DeniedRequestsRecorded(lost, "failed");
        LogNotWritten(logger, failure.GetType().Name, lost);
    }

    [LoggerMessage(EventName = "RefusalsNotLogged", Level = LogLevel.Warning, Message = "{Count} refused calls could not be written to the access log after {Failure}; they were refused all the same")]
    private static partial void LogNotWritten(ILogger logger, string failure, int count);
}
