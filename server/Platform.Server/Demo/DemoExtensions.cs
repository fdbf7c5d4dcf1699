using Platform.Api.Docs;
using Platform.Api.Hosting;
using Platform.Hosting;
using Platform.Hosting.Settings;

namespace Platform.Server.Demo;

internal static class DemoExtensions
{
    public const string Flag = "--demo";
    public const string SiteOption = "--demo-site";

    /// <summary>After the operator's bootstrap, before the API: the tenant is made before the server listens.</summary>
    public static void AddDemoTenant(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DemoTenant>();
        builder.Services.AddSingleton<IBootstrapTask>(provider => provider.GetRequiredService<DemoTenant>());
    }

    /// <summary>After the API, whose bootstrap makes the demo tenant.</summary>
    public static void AddDemoSite(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<DemoSiteOptions>, DemoSiteOptionsValidator>();
        services.AddOptions<DemoSiteOptions>().Configure<HostArguments>((site, arguments) => site.Url = arguments.ValueOf(SiteOption)).ValidateOnStart();
        services.AddSingleton<DemoSnippet>();
        services.AddSingleton<DemoPages>();
        services.AddSingleton<IExampleSite>(provider => provider.GetRequiredService<DemoSite>());
        services.AddSingleton<IBannerSection, DemoBanner>();
        services.AddHostedSingleton<DemoSite>();
    }
}
