using Microsoft.Extensions.DependencyInjection;

namespace Platform.KeyRotation;

internal static class KeyRotationExtensions
{
    public static IServiceCollection AddKeyRotation(this IServiceCollection services) => services
        .AddSingleton<MasterKeyHolders>()
        .AddSingleton<WrappedRecords>();
}
