using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Platform.Hosting.Clocks;

internal static class ClockExtensions
{
    /// <summary>Orleans resolves its clocks by key and registers a catch-all for what has none; ours comes first. The clock without a key stays the real one.</summary>
    public static void AddOrleansClock(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new ForwardClock(provider.GetRequiredService<TimeProvider>()));
        services.AddKeyedSingleton<TimeProvider>(KeyedService.AnyKey, (provider, _) => provider.GetRequiredService<ForwardClock>());
    }
}
