using Platform.Api.ApiKeys;
using Platform.Api.Audit;
using Platform.Api.Authorization;
using Platform.Api.Docs;
using Platform.Api.Hosting;
using Platform.Api.IpRules;
using Platform.Api.Privacy;
using Platform.Api.Scenarios;
using Platform.Api.SecondFactors;
using Platform.Api.Sessions;
using Platform.Api.SignIn;
using Platform.Api.Snippets;
using Platform.Api.Support;
using Platform.Api.Tenants;
using Platform.Api.Users;
using Platform.Silo.Hosting;
using Platform.Silo.Hosting.Settings;

namespace Platform.Api;

/// <summary>The host, as a table of contents.</summary>
internal static class PlatformApi
{
    private static Task<int> Main(string[] args) => args switch
    {
        [VerifyLogCommand.Name, .. var rest] => VerifyLogCommand.RunAsync(rest, Console.Out, Console.Error),
        [ProbeCommand.Name, .. var rest] => ProbeCommand.RunAsync(rest, Console.Out, Console.Error),
        _ when HelpText.IsAskedFor(args) => HelpText.WriteAsync(args, typeof(PlatformApi).Assembly, Console.Out),
        _ => HostRun.RunAsync(() => Build(args)),
    };

    /// <param name="args">Settings as <c>--Platform:Environment=test</c>, and <c>--demo</c>.</param>
    /// <param name="configure">For tests: runs before anything is registered.</param>
    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = StartUp.CreateBuilder(args);
        configure?.Invoke(builder);

        builder.AddHosting();
        builder.AddGrains();
        builder.AddSessionSecurity();
        builder.AddHttpConventions();
        builder.AddSnippetPages();
        builder.AddBootstrap();
        builder.AddHealth();
        builder.AddTelemetry();
        builder.AddDocs();

        var app = builder.Build();
        HostRun.Validate(app);

        app.UseProblems();
        app.UseProxy();
        app.UseRouting();
        app.UsePageCors();
        app.UseLimits();
        app.UsePages();
        app.UseSessionSecurity();

        app.MapSignIn();
        app.MapSessions();
        app.MapPasswordReset();
        app.MapMe();
        app.MapSecondFactors();
        app.MapTenants();
        app.MapOperatorTenants();
        app.MapUsers();
        app.MapPrivacy();
        app.MapApiKeys();
        app.MapIntrospection();
        app.MapAudit();
        app.MapRoles();
        app.MapIpRules();
        app.MapScenarios();
        app.MapSnippets();
        app.MapScripts();
        app.MapPages();
        app.MapSupport();
        app.MapHealth();
        app.MapDocs();
        TenantRequirement.Demand(app);
        AllowsSupportAccess.Demand(app);
        return app;
    }
}
