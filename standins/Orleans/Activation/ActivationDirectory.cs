using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Calls;
using Orleans.Configuration;
using Orleans.Diagnostics;
using Orleans.Runtime;

namespace Orleans.Activation;

/// <summary>What every activation shares.</summary>
internal sealed record ActivationShared(
    IServiceProvider Services,
    CallRouter Router,
    IIncomingGrainCallFilter[] Filters,
    GrainCollectionOptions Collection,
    SiloMessagingOptions Messaging,
    TimeProvider Time,
    ILogger Logger);

/// <summary>All activations of the process by grain id.</summary>
internal sealed class ActivationDirectory(
    IServiceProvider services,
    CallRouter router,
    GrainRegistry registry,
    IEnumerable<IIncomingGrainCallFilter> filters,
    IOptions<GrainCollectionOptions> collection,
    IOptions<SiloMessagingOptions> messaging,
    [FromKeyedServices(TimeProviderNames.ActivationManagement)] TimeProvider time,
    ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<GrainId, ICallTarget> _targets = new();
    private readonly ConcurrentDictionary<GrainType, GrainClassShared> _classes = new();
    private readonly ActivationShared _shared = new(
        services, router, filters.ToArray(), collection.Value, messaging.Value, time, loggers.CreateLogger("Orleans.Grain"));

    private volatile bool _stopping;

    public IEnumerable<GrainActivation> Activations => _targets.Values.SelectMany(static target => target.Activations);

    public GrainActivation? Find(GrainId id) => _targets.TryGetValue(id, out var target) ? target.Activations.FirstOrDefault() : null;

    public void Dispatch(CallMessage message)
    {
        while (true)
        {
            if (!_targets.TryGetValue(message.Target, out var target))
            {
                if (_stopping)
                {
                    throw new SiloUnavailableException($"The silo is stopping; {message.Target} is not activated any more.");
                }

                target = _targets.GetOrAdd(message.Target, static (id, self) => self.Make(id), this);
            }

            if (target.TryReceive(message))
            {
                return;
            }

            Remove(message.Target, target);
        }
    }

    public void Remove(GrainId id, ICallTarget target) => _targets.TryRemove(new KeyValuePair<GrainId, ICallTarget>(id, target));

    /// <summary>Ends what has been idle for the age of its class, or for <paramref name="age"/>.</summary>
    public Task CollectAsync(TimeSpan? age, CancellationToken cancellationToken = default)
    {
        var ending = new List<Task>();
        foreach (var activation in Activations)
        {
            if (activation.TryCollect(age))
            {
                ending.Add(activation.Deactivated);
            }
        }

        return Task.WhenAll(ending).WaitAsync(cancellationToken);
    }

    /// <summary>Ends everything; calls to grains that are not active fail from here on.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        while (Activations.ToList() is { Count: > 0 } left && !cancellationToken.IsCancellationRequested)
        {
            var ended = new List<Task>(left.Count);
            foreach (var activation in left)
            {
                activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "This process is terminating."), CancellationToken.None);
                ended.Add(activation.Deactivated);
            }

            await Task.WhenAll(ended).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private ICallTarget Make(GrainId id)
    {
        var shared = _classes.GetOrAdd(id.Type, static (type, self) => new GrainClassShared(self.registry[type], self._shared, self), this);
        return shared.Class.StatelessWorker is { } worker
            ? new StatelessWorkerPool(id, shared, worker.MaxLocalWorkers)
            : new GrainActivation(id, shared, pool: null);
    }

    private readonly GrainRegistry registry = registry;
}

/// <summary>What the activations of one class share.</summary>
internal sealed class GrainClassShared(GrainClass grainClass, ActivationShared all, ActivationDirectory directory)
{
    private long _active;

    public GrainClass Class { get; } = grainClass;

    public ActivationShared All { get; } = all;

    public ActivationDirectory Directory { get; } = directory;

    public TimeSpan? CollectionAge { get; } = grainClass.CollectionAge(all.Collection);

    public long Active => Interlocked.Read(ref _active);

    public void Counted(int change)
    {
        Interlocked.Add(ref _active, change);
        RuntimeInstruments.Activations(change, Class);
    }
}
