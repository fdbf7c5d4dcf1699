using Platform.Api.Audit;
using Platform.Api.ForwardedHeaders;
using Platform.Api.Limits;
using Platform.Api.RateLimiting;
using Platform.Silo.Hosting;
using Platform.Silo.Hosting.Settings;

namespace Platform.Api.Hosting;

internal static class StartUp
{
    public const string Demo = "--demo";
    public const string DemoSite = "--demo-site";

    internal static readonly HostSyntax Syntax = new(
        Commands: [VerifyLogCommand.Name, ProbeCommand.Name],
        Flags: [Demo],
        new KnownSettings((LimitsOptions.Section, typeof(LimitsOptions)), (ProxyOptions.Section, typeof(ProxyOptions)), (RateLimitOptions.Section, typeof(RateLimitOptions))))
    {
        Options = [DemoSite],
    };

    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var arguments = new HostArguments(args, Syntax);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(StartUp).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            Args = [.. arguments.Configuration, "--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(arguments);
        return builder;
    }
}
