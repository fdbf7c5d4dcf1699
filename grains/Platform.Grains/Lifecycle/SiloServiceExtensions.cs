using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Platform.Lifecycle;

internal static class SiloServiceExtensions
{
    /// <summary>A singleton that starts and stops with the silo instead of with the host.</summary>
    /// <param name="services">Of the silo.</param>
    /// <param name="stage">One of <see cref="SiloStages"/>.</param>
    public static IServiceCollection AddSiloService<T>(this IServiceCollection services, int stage) where T : class, IHostedService
    {
        services.TryAddSingleton<T>();
        return services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloService<T>>(provider => new SiloService<T>(provider, stage));
    }
}

/// <summary>The service is made when its stage comes: a silo asks for its participants while it is made itself, and some of them call it.</summary>
internal sealed class SiloService<T>(IServiceProvider services, int stage) : ILifecycleParticipant<ISiloLifecycle> where T : class, IHostedService
{
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        typeof(T).Name,
        stage,
        cancellationToken => services.GetRequiredService<T>().StartAsync(cancellationToken),
        cancellationToken => services.GetRequiredService<T>().StopAsync(cancellationToken));
}
