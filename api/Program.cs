using Platform.Api.Audit;
using Platform.Api.Hosting;
using Platform.Hosting;
using Platform.Hosting.Clustering;
using Platform.Hosting.Settings;

namespace Platform.Api;

/// <summary>The API host of topology <see cref="Topology.Cluster"/>: a client of silos elsewhere, without grains and without a way to the database.</summary>
internal static class ApiProgram
{
    private static readonly HostSyntax Syntax = new(
        Commands: [VerifyLogCommand.Name, ProbeCommand.Name],
        Flags: [],
        new KnownSettings([.. ApiSettings.Sections, (ClientOptions.Section, typeof(ClientOptions))]));

    private static Task<int> Main(string[] args) => args switch
    {
        [VerifyLogCommand.Name, .. var rest] => VerifyLogCommand.RunAsync(rest, Console.Out, Console.Error),
        [ProbeCommand.Name, .. var rest] => ProbeCommand.RunAsync(rest, Console.Out, Console.Error),
        _ when HelpText.IsAskedFor(args) => HelpText.WriteAsync(args, typeof(ApiProgram).Assembly, Console.Out),
        _ => HostRun.RunAsync(() => Build(args)),
    };

    /// <param name="args">Settings as <c>--Platform:Environment=test</c>.</param>
    /// <param name="configure">For tests: runs before anything is registered.</param>
    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = ApiHost.CreateBuilder(args, typeof(ApiProgram).Assembly, Syntax);
        builder.RequireClusterTopology();
        configure?.Invoke(builder);

        builder.AddPlatformClient();
        builder.AddPlatformApi();
        builder.Services.AddHostedService(_ => new LoadedAhead(typeof(ApiProgram).Assembly));

        var app = builder.Build();
        HostRun.Validate(app);
        app.UsePlatformApi();
        return app;
    }
}
