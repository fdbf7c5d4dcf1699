using Microsoft.Extensions.Hosting;

namespace Platform.Lifecycle;

/// <summary>
/// Work that is done at an interval for as long as the host runs. Whatever a round throws is logged and the next round comes: an exception that leaves a background
/// service ends the process.
/// </summary>
/// <param name="interval">Time between two rounds; after a round that took longer the next comes at once.</param>
/// <param name="time">Whose timers count.</param>
public abstract class PeriodicService(TimeSpan interval, TimeProvider time) : BackgroundService
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>The clock of the service.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>Whether the first round comes with the start instead of after one interval.</summary>
    protected virtual bool RunsAtStart => false;

    /// <summary>One round.</summary>
    protected abstract Task RunAsync(CancellationToken cancellationToken);

    /// <summary>A round when no other is under way, for whoever asks for one between those of the clock: what one has read, the next may change.</summary>
    /// <exception cref="Exception">What the round throws.</exception>
    protected async Task RunAloneAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await RunAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Each service has an event name of its own.</summary>
    protected abstract void LogFailure(Exception failure);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, Time);
        try
        {
            if (RunsAtStart) await TryRunAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TryRunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task TryRunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAloneAsync(stoppingToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            LogFailure(failure);
        }
    }
}
