using Platform.Api.Audit;
using Platform.Silo.Hosting;
using Platform.Silo.Hosting.Settings;

namespace Platform.Api.Hosting;

internal static class StartUp
{
    public const string Demo = "--demo";

    private static HostSyntax Syntax => new(
        Commands: [VerifyLogCommand.Name, ProbeCommand.Name],
        Flags: [Demo],
        KnownSettings.WithThoseOf(typeof(StartUp).Assembly));

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
