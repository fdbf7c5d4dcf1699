using System.Reflection;
using Platform.Hosting.Settings;

namespace Platform.Api.Hosting;

internal static class ApiHost
{
    /// <param name="args">Of the command line.</param>
    /// <param name="program">Gives the host its name.</param>
    /// <param name="syntax">What the program understands.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args, Assembly program, HostSyntax syntax)
    {
        var arguments = new HostArguments(args, syntax);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = program.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            Args = [.. arguments.Configuration, "--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(arguments);
        return builder;
    }
}
