using Platform.Api.Hosting;
using Platform.Silo.Hosting.Settings;

namespace Platform.Api.Demo;

internal static class DemoExtensions
{
    /// <summary>Registered after the first run, which makes the demo tenant.</summary>
    public static void AddDemoSite(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<DemoSiteOptions>, DemoSiteOptionsValidator>();
        services.AddOptions<DemoSiteOptions>().Configure<HostArguments>((site, arguments) => site.Url = arguments.ValueOf(StartUp.DemoSite)).ValidateOnStart();
        services.AddSingleton<DemoSnippet>();
        services.AddSingleton<DemoPages>();
        services.AddSingleton<DemoSite>();
        services.AddHostedService(provider => provider.GetRequiredService<DemoSite>());
    }
}
