using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Hosting.Settings;

namespace Platform.Silo.Hosting.Commands;

/// <summary>The host of a command: reads settings from where the platform reads them, and serves nothing.</summary>
internal static class CommandHost
{
    /// <param name="args">Behind the command's name.</param>
    /// <param name="program">The program whose command it is.</param>
    /// <param name="syntax">What the command understands.</param>
    public static HostApplicationBuilder CreateBuilder(string[] args, Assembly program, HostSyntax syntax)
    {
        var arguments = new HostArguments(args, syntax);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
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
