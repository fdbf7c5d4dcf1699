using Microsoft.Extensions.DependencyInjection;

namespace Platform.Tenants;

internal static class TenantsExtensions
{
    /// <summary>The parts of a tenant's grain, which hold nothing of one tenant.</summary>
    public static IServiceCollection AddTenants(this IServiceCollection services) => services
        .AddSingleton<LiveTenants>()
        .AddSingleton<TenantSettings>()
        .AddSingleton<TenantManagers>()
        .AddSingleton<TenantRoles>()
        .AddSingleton<TenantIpRules>();
}
