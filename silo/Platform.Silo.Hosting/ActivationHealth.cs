using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Platform.Hosting;

namespace Platform.Silo.Hosting;

/// <summary>Whether this silo can still activate grains, for <c>/readyz</c>: live sessions are validated without any, so a silo that cannot would seem healthy.</summary>
internal sealed partial class ActivationHealth
{
    private readonly IGrainFactory _grains;
    private readonly ILogger<ActivationHealth> _logger;
    private readonly SharedProbe _probe;
    private volatile bool _failed;

    public ActivationHealth(IGrainFactory grains, TimeProvider time, ILogger<ActivationHealth> logger)
    {
        (_grains, _logger) = (grains, logger);
        _probe = new SharedProbe(ProbeAsync, time);
    }

    public Task<bool> IsHealthyAsync(CancellationToken cancellationToken) => _probe.IsHealthyAsync(cancellationToken);

    private async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _grains.GetGrain<IActivationProbeGrain>(IActivationProbeGrain.Key).AnswerAsync(cancellationToken);
            _failed = false;
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            if (!_failed) Failed(_logger, failure);
            _failed = true;
            return false;
        }
    }

    [LoggerMessage(EventName = "ActivationFailed", Level = LogLevel.Error, Message = "No grain can be activated; /readyz answers 503. Logged once until it works again")]
    private static partial void Failed(ILogger logger, Exception failure);
}

/// <summary>Does nothing but being activated: on the silo that is asked, in no directory and without storage.</summary>
[Alias("platform.IActivationProbeGrain")]
internal interface IActivationProbeGrain : IGrainWithStringKey
{
    internal const string Key = "probe_activation";

    [Alias("Answer")]
    Task AnswerAsync(CancellationToken cancellationToken);
}

[StatelessWorker]
internal sealed class ActivationProbeGrain : Grain, IActivationProbeGrain
{
    public Task AnswerAsync(CancellationToken cancellationToken)
    {
        // The next one is activated anew.
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
