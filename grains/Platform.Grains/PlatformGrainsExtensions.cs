using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Platform.ApiKeys;
using Platform.Audit;
using Platform.Cluster;
using Platform.Deletion;
using Platform.Expiry;
using Platform.Internal;
using Platform.Journal;
using Platform.KeyRotation;
using Platform.Lifecycle;
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
using Platform.VulnerabilityReports;

namespace Platform;

public static class PlatformGrainsExtensions
{
    /// <summary>
    /// What the grains need beside storage: options (all faults reported together at start), the live sessions, hashing, and the services that run with the silo
    /// (<see cref="SiloStages"/>).
    /// </summary>
    public static IServiceCollection AddPlatformGrains(this IServiceCollection services)
    {
        services.AddOptions<SessionOptions>().BindConfiguration(SessionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PasswordHashingOptions>().BindConfiguration(PasswordHashingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<SessionOptions>, SessionOptionsValidator>();
        services.AddSingleton<IValidateOptions<PasswordHashingOptions>>(new PasswordHashingOptionsValidator(PasswordHashingOptions.AvailableMemory));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IAttributeToFactoryMapper<CommittedStateAttribute>, CommittedStateMapper>();
        services.AddMetrics();
        services.TryAddSingleton(MembershipLease.ForEver);
        services.TryAddSingleton<IClusterBroadcast>(NullClusterBroadcast.Instance);
        services.AddSingleton<LiveSessions>();
        services.TryAddSingleton(new ReplicaHome(null));
        services.AddSiloService<SessionReplication>(SiloStages.Writers);
        services.AddSiloService<SessionReplicationDrain>(SiloStages.Workers);
        services.AddTenants();
        services.AddApiKeys();
        services.AddSingleton<PlatformMetrics>();
        services.TryAddSingleton<PasswordHashingQueue>();
        services.AddSingleton<FactorSecrets>();
        services.AddUsers();
        services.AddSingleton<UsernameBlindIndex>();
        services.AddSingleton<LiveTenantLookup>();
        services.AddSignIn();
        services.AddJournal();
        services.AddAudit();
        services.AddKeyRotation();
        services.AddSupport();
        services.AddSingleton<SessionEviction>();
        services.AddSingleton<SessionReader>();
        services.AddSingleton<SessionParts>();
        services.AddSnippets();
        services.AddSiloService<ActivityWriter>(SiloStages.Writers);
        services.AddSiloService<ExpiredRows>(SiloStages.Writers);
        services.AddNotifications();
        services.AddVulnerabilityReports();
        services.AddSiloService<ErasureWorker>(SiloStages.Workers);
        services.AddDeletion();
        services.AddSiloService<RetentionWorker>(SiloStages.Workers);
        services.AddSiloService<SessionSweeper>(SiloStages.Workers);
        services.AddSiloService<DomainProofWorker>(SiloStages.Workers);
        services.AddSiloService<SupportSweeper>(SiloStages.Workers);
        return services;
    }
}
