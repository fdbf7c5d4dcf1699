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
    /// <summary>Builds the host of a command, checks its settings, and runs the command until it is done or asked to stop.</summary>
    /// <param name="name">Of the command.</param>
    /// <param name="usage">Its help.</param>
    /// <param name="args">Behind the command's name.</param>
    /// <param name="build">From the same.</param>
    /// <param name="command">Returns its exit code. The token ends it in order (Ctrl+C, SIGTERM).</param>
    /// <param name="output">Writer for the help.</param>
    /// <param name="error">Writer for failures.</param>
    public static Task<int> RunAsync(
        string name, string usage, string[] args, Func<IHost> build, Func<IHost, CancellationToken, Task<int>> command, TextWriter output, TextWriter error) => HostRun.RunCommandAsync(
        name,
        usage,
        args,
        async () =>
        {
            var host = build();
            await using var disposed = (IAsyncDisposable)host;
            HostRun.Validate(host);
            using var stop = new StopSignals();
            return await command(host, stop.Token);
        },
        output,
        error);

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
