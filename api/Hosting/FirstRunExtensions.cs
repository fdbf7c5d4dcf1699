using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Platform.Api.Hosting;

internal static class FirstRunExtensions
{
    /// <summary>Registered after the silo, whose grains it calls, and started before the server.</summary>
    public static void AddFirstRun(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(new AnnouncementOutput(Console.Out));
        builder.Services.AddOptions<FirstRunOptions>().BindConfiguration(FirstRunOptions.Section);
        builder.Services.AddSingleton<Announcement>();
        builder.Services.AddSingleton<DemoTenant>();
        builder.Services.AddSingleton<FirstRun>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FirstRun>());
    }
}
