using Platform.Api.Demo;
using Platform.Silo.Hosting;

namespace Platform.Api.Hosting;

internal static class BootstrapExtensions
{
    /// <summary>Registered after the silo or client, whose grains it calls, and started before the server.</summary>
    public static void AddBootstrap(this WebApplicationBuilder builder)
    {
        builder.AddOperatorBootstrap();
        builder.Services.AddSingleton<StartupBanner>();
        builder.Services.AddSingleton<DemoTenant>();
        builder.Services.AddSingleton<BootstrapService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<BootstrapService>());
        builder.AddDemoSite();
        builder.Services.AddHostedService(_ => new LoadedAhead(typeof(StartUp).Assembly));
    }
}
