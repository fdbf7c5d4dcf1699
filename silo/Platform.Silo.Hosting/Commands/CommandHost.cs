using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Hosting;
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

    /// <summary>A silo that nothing can call, alone with the data, however the platform runs on it.</summary>
    /// <param name="builder">Of the command.</param>
    /// <param name="settings">Come after those of the platform, and win.</param>
    public static void AddSilo(this HostApplicationBuilder builder, params (string Name, string Value)[] settings)
    {
        builder.AddPlatformLogs();
        builder.Configuration.AddInMemoryCollection(
        [
            new($"{PlatformOptions.Section}:{nameof(PlatformOptions.Topology)}", nameof(Topology.Embedded)),
            new("Logging:LogLevel:Platform", "Warning"),
            .. settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)),
        ]);
        builder.AddStandaloneSilo();
    }
}
