using Microsoft.Extensions.DependencyInjection;
using Platform.Lifecycle;
using Platform.Tenants;

namespace Platform.Deletion;

internal static class DeletionExtensions
{
    public static IServiceCollection AddDeletion(this IServiceCollection services)
    {
        services.AddOptions<TenantOptions>().BindConfiguration(TenantOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<DeletionNotices>()
            .AddSingleton<TenantDestruction>()
            .AddSiloService<TenantDeletionWorker>(SiloStages.Workers);
    }
}
