using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Activation;
using Orleans.Calls;
using Orleans.Lifecycle;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Starts and stops the silo with its host.</summary>
internal sealed partial class SiloHostedService(
    SiloLifecycle lifecycle,
    IEnumerable<IConfigurationValidator> validators,
    IEnumerable<ILifecycleParticipant<ISiloLifecycle>> participants,
    ActivationDirectory directory,
    ActivationCollector collector,
    CallRouter router,
    ILocalSiloDetails silo,
    ILogger<SiloHostedService> logger) : IHostedService, IDisposable
{
    private CallWatch? _watch;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var validator in validators)
        {
            validator.ValidateConfiguration();
        }

        LogStarting(logger, silo.Name);
        lifecycle.Subscribe("Calls", ServiceLifecycleStage.RuntimeInitialize, _ => Start(), null);
        lifecycle.Subscribe("Grains", ServiceLifecycleStage.GrainDeactivation, static _ => Task.CompletedTask, directory.StopAsync);
        foreach (var participant in participants)
        {
            participant.Participate(lifecycle);
        }

        await lifecycle.OnStart(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await lifecycle.OnStop(cancellationToken);
        collector.Dispose();
        Dispose();
    }

    public void Dispose() => _watch?.Dispose();

    private Task Start()
    {
        _watch = new CallWatch(router.InFlight, () => router.CancelRequestOnTimeout);
        collector.Start();
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Information, EventName = "SiloStarting", Message = "Starting {Silo} on the Orleans stand-in: one process, no cluster")]
    private static partial void LogStarting(ILogger logger, string silo);
}
