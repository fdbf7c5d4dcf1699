using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Activation;
using Orleans.Calls;
using Orleans.Lifecycle;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.Timers;

namespace Orleans.Hosting;

/// <summary>The services of a silo.</summary>
internal static class SiloServices
{
    public static void Add(IServiceCollection services)
    {
        services.AddOptions();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, static (provider, _) => provider.GetRequiredService<TimeProvider>());
        services.TryAddSingleton<ExceptionContract>();
        services.TryAddSingleton<GrainRegistry>();
        services.TryAddSingleton<ObserverDirectory>();
        services.TryAddSingleton<CallRouter>();
        services.TryAddSingleton<ReferenceFactory>();
        services.TryAddSingleton<IClusterClient>(static provider => provider.GetRequiredService<ReferenceFactory>());
        services.TryAddSingleton<IGrainFactory>(static provider => provider.GetRequiredService<ReferenceFactory>());
        services.TryAddSingleton<ActivationDirectory>();
        services.TryAddSingleton<ActivationCollector>();
        services.TryAddSingleton<ITimerRegistry, TimerRegistry>();
        services.TryAddSingleton<IPersistentStateFactory, PersistentStateFactory>();
        services.TryAddSingleton<ILocalSiloDetails, LocalSiloDetails>();
        services.TryAddSingleton<IGrainRuntime, GrainRuntime>();
        services.TryAddSingleton<IGrainContextAccessor, GrainContextAccessor>();
        services.TryAddScoped(static _ => RuntimeContext.Current!);
        services.TryAddSingleton<SiloLifecycle>();
        services.TryAddSingleton<ISiloLifecycle>(static provider => provider.GetRequiredService<SiloLifecycle>());
        services.AddHostedService<SiloHostedService>();
    }
}
