using Microsoft.Extensions.Hosting;
using Platform.Hosting;
using Platform.Hosting.Settings;
using Platform.Silo.Hosting;
using Platform.Silo.Hosting.Backups;
using Platform.Silo.Hosting.Commands;

namespace Platform.Silo;

/// <summary>The silo executable: grains without an API, for API hosts elsewhere (topology <see cref="Topology.Cluster"/>).</summary>
internal static class PlatformSilo
{
    private static Task<int> Main(string[] args) => args switch
    {
        [BackupCommand.Name, .. var rest] => BackupCommand.RunAsync(rest, typeof(PlatformSilo).Assembly, SiloHost.Syntax.Settings, Console.Out, Console.Error),
        [RestoreCommand.Name, .. var rest] => RestoreCommand.RunAsync(rest, typeof(PlatformSilo).Assembly, SiloHost.Syntax.Settings, Console.Out, Console.Error),
        [ProbeCommand.Name, .. var rest] => ProbeCommand.RunAsync(rest, Console.Out, Console.Error),
        [MigrateCommand.Name, .. var rest] => MigrateCommand.RunAsync(rest, typeof(PlatformSilo).Assembly, SiloHost.Syntax.Settings, Console.Out, Console.Error),
        [RotateMasterKeyCommand.Name, .. var rest] => RotateMasterKeyCommand.RunAsync(rest, typeof(PlatformSilo).Assembly, SiloHost.Syntax.Settings, Console.Out, Console.Error),
        [ResetOperatorCommand.Name, .. var rest] => ResetOperatorCommand.RunAsync(rest, typeof(PlatformSilo).Assembly, SiloHost.Syntax.Settings, Console.Out, Console.Error),
        _ when HelpText.IsAskedFor(args) => HelpText.WriteAsync(args, typeof(PlatformSilo).Assembly, Console.Out),
        _ => HostRun.RunAsync(() => Build(args)),
    };

    /// <param name="args">Settings as <c>--Platform:Environment=test</c>.</param>
    private static IHost Build(string[] args)
    {
        var builder = SiloHost.CreateBuilder(args);

        builder.AddPlatformLogs();
        builder.AddClusteredSilo();
        builder.AddOperatorBootstrap();
        builder.AddHealthListener();
        builder.AddSiloStart();
        builder.AddPlatformTelemetry("platform-silo");

        var host = builder.Build();
        HostRun.Validate(host);
        return host;
    }
}
