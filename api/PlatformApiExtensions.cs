using Platform.Api.Admission;
using Platform.Api.ApiKeys;
using Platform.Api.Audit;
using Platform.Api.Authorization;
using Platform.Api.Backups;
using Platform.Api.Deletion;
using Platform.Api.Docs;
using Platform.Api.Hosting;
using Platform.Api.IpRules;
using Platform.Api.Notifications;
using Platform.Api.Privacy;
using Platform.Api.Scenarios;
using Platform.Api.SecondFactors;
using Platform.Api.Sessions;
using Platform.Api.SignIn;
using Platform.Api.Snippets;
using Platform.Api.Support;
using Platform.Api.Tenants;
using Platform.Api.Users;
using Platform.Api.VulnerabilityReports;

namespace Platform.Api;

/// <summary>The API, as a table of contents. The program adds the grains, or the way to them, before it.</summary>
internal static class PlatformApiExtensions
{
    public static void AddPlatformApi(this WebApplicationBuilder builder)
    {
        builder.AddHosting();
        builder.AddSessionSecurity();
        builder.AddHttpConventions();
        builder.AddSnippetPages();
        builder.AddVulnerabilityIntake();
        builder.AddBootstrap();
        builder.AddHealth();
        builder.AddTelemetry();
        builder.AddDocs();
    }

    public static void UsePlatformApi(this WebApplication app)
    {
        app.UseProblems();
        app.UseProxy();
        app.UseHead();
        app.UseRouting();
        app.UsePageCors();
        app.UseLimits();
        app.UsePages();
        app.UseAdmission();
        app.UseSessionSecurity();

        app.MapSignIn();
        app.MapSessions();
        app.MapSessionEnd();
        app.MapPasswordReset();
        app.MapEmail();
        app.MapInvitations();
        app.MapMe();
        app.MapSecondFactors();
        app.MapSecondFactorDryRun();
        app.MapTenants();
        app.MapOperatorTenants();
        app.MapTenantDeletions();
        app.MapBackups();
        app.MapUsers();
        app.MapPrivacy();
        app.MapApiKeys();
        app.MapIntrospection();
        app.MapServerMetadata();
        app.MapAudit();
        app.MapRoles();
        app.MapIpRules();
        app.MapScenarios();
        app.MapSnippets();
        app.MapScripts();
        app.MapPages();
        app.MapNotificationTemplates();
        app.MapSupport();
        app.MapVulnerabilityReports();
        app.MapOperatorReports();
        app.MapHealth();
        app.MapDocs();
        TenantRequirement.Verify(app);
        AllowsSupportAccess.Verify(app);
        CallClassMetadata.Verify(app);
    }
}
