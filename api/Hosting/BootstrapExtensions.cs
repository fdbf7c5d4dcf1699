using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Hosting;

namespace Platform.Api.Hosting;

internal static class BootstrapExtensions
{
    /// <summary>Registered after the silo or client, whose grains it calls, and started before the server.</summary>
    public static void AddBootstrap(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(new StartupBannerOutput(Console.Out));
        builder.Services.AddSingleton<StartupBanner>();
        builder.Services.AddHostedSingleton<BootstrapService>();
    }
}
