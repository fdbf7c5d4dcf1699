using Microsoft.Extensions.DependencyInjection;
using Platform.Lifecycle;

namespace Platform.ApiKeys;

internal static class ApiKeysExtensions
{
    public static void AddApiKeys(this IServiceCollection services)
    {
        services.AddSingleton<LiveApiKeys>();
        services.AddSingleton<ApiKeyList>();
        services.AddSingleton<ApiKeyDormancy>();
        services.AddSiloService<ApiKeyUsageWriter>(SiloStages.Writers);
    }
}
