using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Platform.ApiKeys;
using Platform.Audit;
using Platform.Cluster;
using Platform.Expiry;
using Platform.Internal;
using Platform.Notifications;
using Platform.Privacy;
using Platform.SecondFactors;
using Platform.Security;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Snippets;
using Platform.State;
using Platform.Support;
using Platform.Telemetry;
using Platform.Tenants;
using Platform.Users;

namespace Platform;

public static class PlatformGrainsExtensions
{
    /// <summary>
    /// What the grains need beside storage: options (all faults reported together at start), the live sessions, hashing, and the background
    /// services. Call it before the silo is added, so that the activity writer stops after the grains have left.
    /// </summary>
    public static IServiceCollection AddPlatformGrains(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SessionOptions>().Bind(configuration.GetSection(SessionOptions.Section)).ValidateOnStart();
        services.AddOptions<PasswordHashingOptions>().Bind(configuration.GetSection(PasswordHashingOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SessionOptions>, SessionOptionsValidator>();
        services.AddSingleton<IValidateOptions<PasswordHashingOptions>>(new PasswordHashingOptionsValidator(PasswordHashingOptions.AvailableMemory));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IAttributeToFactoryMapper<CommittedStateAttribute>, CommittedStateMapper>();
        services.AddMetrics();
        services.TryAddSingleton(MembershipLease.ForEver);
        services.TryAddSingleton<IOtherNodes>(NoOtherNodes.Instance);
        services.AddSingleton<LiveSessions>();
        services.AddTenants();
        services.AddSingleton<LiveApiKeys>();
        services.AddSingleton<ApiKeyUsageWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<ApiKeyUsageWriter>());
        services.AddSingleton<PlatformMetrics>();
        services.TryAddSingleton<PasswordHashing>();
        services.AddSingleton<FactorSecrets>();
        services.AddUsers();
        services.AddSingleton<UsernameBlindIndex>();
        services.AddSingleton<LiveTenantLookup>();
        services.AddSignIn();
        services.AddAudit();
        services.AddSupport();
        services.AddSingleton<ActivityWriter>();
        services.AddSingleton<SessionEviction>();
        services.AddSingleton<SessionReader>();
        services.AddSnippets(configuration);
        services.AddHostedService(provider => provider.GetRequiredService<ActivityWriter>());
        services.AddHostedService<ExpiredRows>();
        services.AddNotifications(configuration);
        return services;
    }

    /// <summary>Call it after the silo is added: it calls grains from its first round on.</summary>
    public static IServiceCollection AddPlatformSweeper(this IServiceCollection services)
    {
        services.AddSingleton<ErasureWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<ErasureWorker>());
        services.AddSingleton<RetentionWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<RetentionWorker>());
        services.AddSingleton<SessionSweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionSweeper>());
        services.AddSingleton<DomainProofWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<DomainProofWorker>());
        services.AddSingleton<SupportSweeper>();
        return services.AddHostedService(provider => provider.GetRequiredService<SupportSweeper>());
    }
}
