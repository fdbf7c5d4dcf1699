using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Platform.Hosting;
using Platform.Hosting.Settings;
using Platform.Silo.Hosting;
using Platform.Silo.Hosting.Backups;
using Platform.Silo.Hosting.Commands;

namespace Platform.Silo;

/// <summary>The parts that only the silo executable has.</summary>
internal static class SiloHost
{
    public static readonly HostSyntax Syntax = new(
        Commands: [BackupCommand.Name, RestoreCommand.Name, MigrateCommand.Name, ResetOperatorCommand.Name, RotateMasterKeyCommand.Name, ProbeCommand.Name],
        Flags: [],
        new KnownSettings(SiloSettings.Sections) { ConnectionStrings = SiloSettings.ConnectionStrings });

    public static HostApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = CommandHost.CreateBuilder(args, typeof(SiloHost).Assembly, Syntax);
        builder.RequireClusterTopology();
        return builder;
    }

    public static void AddSiloStart(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RuntimeInfo>();
        builder.Services.AddHostedService<SiloStart>();
    }
}

/// <summary>Makes the first operator and says that the silo is there.</summary>
internal sealed partial class SiloStart(
    OperatorBootstrap first, RuntimeInfo runtime, ILocalSiloDetails silo, IOptions<ClusterOptions> cluster, ILogger<SiloStart> logger) : HostedLifecycleService
{
    /// <summary>After all else has started: what it says is true then.</summary>
    public override async Task StartedAsync(CancellationToken cancellationToken)
    {
        await first.RunAsync(cancellationToken);
        Started(logger, runtime.Runtime, cluster.Value.ClusterId, silo.SiloAddress.Endpoint, silo.GatewayAddress?.Endpoint);
    }

    [LoggerMessage(1, LogLevel.Information, "Platform silo started on {Runtime}, cluster {Cluster}, at {Address}, gateway {Gateway}.", EventName = "PlatformSiloStarted")]
    private static partial void Started(ILogger logger, string runtime, string cluster, System.Net.IPEndPoint address, System.Net.IPEndPoint? gateway);
}
