using Platform.Api;
using Platform.Api.Audit;
using Platform.Api.Hosting;
using Platform.Hosting;
using Platform.Hosting.Settings;
using Platform.Server.Demo;
using Platform.Silo.Hosting;
using Platform.Silo.Hosting.Backups;
using Platform.Silo.Hosting.Commands;

namespace Platform.Server;

/// <summary>API and silo in one process: alone with its database (topology <see cref="Topology.Embedded"/>), or one of several nodes (<see cref="Topology.Cohosted"/>).</summary>
internal static class PlatformServer
{
    internal static readonly HostSyntax Syntax = new(
        Commands: [BackupCommand.Name, RestoreCommand.Name, MigrateCommand.Name, ResetOperatorCommand.Name, RotateMasterKeyCommand.Name, VerifyLogCommand.Name, ProbeCommand.Name],
        Flags: [DemoExtensions.Flag],
        new KnownSettings([.. ApiSettings.Sections, .. SiloSettings.Sections]) { ConnectionStrings = SiloSettings.ConnectionStrings })
    {
        Options = [DemoExtensions.SiteOption],
    };

    private static Task<int> Main(string[] args) => args switch
    {
        [BackupCommand.Name, .. var rest] => BackupCommand.RunAsync(rest, typeof(PlatformServer).Assembly, Syntax.Settings, Console.Out, Console.Error),
        [RestoreCommand.Name, .. var rest] => RestoreCommand.RunAsync(rest, typeof(PlatformServer).Assembly, Syntax.Settings, Console.Out, Console.Error),
        [VerifyLogCommand.Name, .. var rest] => VerifyLogCommand.RunAsync(rest, Console.Out, Console.Error),
        [ProbeCommand.Name, .. var rest] => ProbeCommand.RunAsync(rest, Console.Out, Console.Error),
        [MigrateCommand.Name, .. var rest] => MigrateCommand.RunAsync(rest, typeof(PlatformServer).Assembly, Syntax.Settings, Console.Out, Console.Error),
        [RotateMasterKeyCommand.Name, .. var rest] => RotateMasterKeyCommand.RunAsync(rest, typeof(PlatformServer).Assembly, Syntax.Settings, Console.Out, Console.Error),
        [ResetOperatorCommand.Name, .. var rest] => ResetOperatorCommand.RunAsync(rest, typeof(PlatformServer).Assembly, Syntax.Settings, Console.Out, Console.Error),
        _ when HelpText.IsAskedFor(args) => HelpText.WriteAsync(args, typeof(PlatformServer).Assembly, Console.Out),
        _ => HostRun.RunAsync(() => Build(args)),
    };

    /// <param name="args">Settings as <c>--Platform:Environment=test</c>, and <c>--demo</c>.</param>
    /// <param name="configure">For tests: runs before anything is registered.</param>
    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = ApiHost.CreateBuilder(args, typeof(PlatformServer).Assembly, Syntax);
        builder.RefuseClusterTopology();
        configure?.Invoke(builder);

        if (builder.Configuration.ReadTopology() == Topology.Embedded) builder.AddStandaloneSilo();
        else builder.AddClusteredSilo();
        builder.AddOperatorBootstrap();
        builder.Services.AddSingleton<IBannerSection, OperatorBanner>();
        builder.AddDemoTenant();
        builder.AddPlatformApi();
        builder.AddDemoSite();
        builder.Services.AddHostedService(_ => new LoadedAhead(typeof(PlatformServer).Assembly, NativeLibraries.Load));

        var app = builder.Build();
        HostRun.Validate(app);
        app.UsePlatformApi();
        return app;
    }
}
