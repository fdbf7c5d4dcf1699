using Microsoft.Extensions.DependencyInjection;

namespace Platform.Support;

internal static class SupportExtensions
{
    public static IServiceCollection AddSupport(this IServiceCollection services) => services
        .AddSingleton<SupportMessages>()
        .AddSingleton<SupportLog>();
}
