using Platform.Api.Demo;
using Platform.Silo.Hosting;

namespace Platform.Api.Hosting;

internal static class FirstRunExtensions
{
    /// <summary>Registered after the silo or client, whose grains it calls, and started before the server.</summary>
    public static void AddFirstRun(this WebApplicationBuilder builder)
    {
        builder.AddFirstOperator();
        builder.Services.AddSingleton<Announcement>();
        builder.Services.AddSingleton<DemoTenant>();
        builder.Services.AddSingleton<FirstRun>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FirstRun>());
        builder.AddDemoSite();
        builder.Services.AddHostedService(_ => new LoadedAhead(typeof(StartUp).Assembly));
    }
}
