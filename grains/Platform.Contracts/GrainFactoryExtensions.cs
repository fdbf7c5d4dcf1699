using System.Globalization;
using Platform.ApiKeys;
using Platform.Audit;
using Platform.Backups;
using Platform.Cluster;
using Platform.Deletion;
using Platform.Idempotency;
using Platform.IpRules;
using Platform.Listing;
using Platform.Notifications;
using Platform.Privacy;
using Platform.RateLimiting;
using Platform.Replicas;
using Platform.Scenarios;
using Platform.SecondFactors;
using Platform.Security;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Snippets;
using Platform.Support;
using Platform.Tenants;
using Platform.Users;
using Platform.VulnerabilityReports;

namespace Platform;

/// <summary>The only place where grain keys are built: always with a prefix, never with <c>+</c>.</summary>
public static class GrainFactoryExtensions
{
    private static readonly string[] Numbers = [.. Enumerable.Range(1, 32).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    public static ISessionGrain Session(this IGrainFactory grains, SessionId id) => grains.GetGrain<ISessionGrain>(id.ToString());

    /// <param name="grains">The factory.</param>
    /// <param name="silo">As <see cref="SessionCheck.Silo"/> names it.</param>
    public static ISessionReplicasGrain SessionReplicas(this IGrainFactory grains, string silo) => grains.GetGrain<ISessionReplicasGrain>("rep_" + silo);

    /// <param name="grains">The factory.</param>
    /// <param name="limit">As <c>RateLimit-Policy</c> names it.</param>
    public static IRateLimitGrain RateLimit(this IGrainFactory grains, string limit) => grains.GetGrain<IRateLimitGrain>("rlm_" + limit);

    public static IUserGrain User(this IGrainFactory grains, UserId id) => grains.GetGrain<IUserGrain>(id.ToString());

    public static ISecondFactorsGrain SecondFactors(this IGrainFactory grains, UserId id) => grains.GetGrain<ISecondFactorsGrain>(id.ToString());

    public static ITenantGrain Tenant(this IGrainFactory grains, TenantId id) => grains.GetGrain<ITenantGrain>(id.ToString());

    public static ITenantDeletionGrain TenantDeletion(this IGrainFactory grains, TenantId id) => grains.GetGrain<ITenantDeletionGrain>(id.ToString());

    public static IIpRulesGrain IpRules(this IGrainFactory grains, TenantId id) => grains.GetGrain<IIpRulesGrain>(id.ToString());

    public static ITenantRolesGrain TenantRoles(this IGrainFactory grains, TenantId id) => grains.GetGrain<ITenantRolesGrain>(id.ToString());

    public static IScenarioGrain Scenario(this IGrainFactory grains, ScenarioId id) => grains.GetGrain<IScenarioGrain>(id.ToString());
    public static IApiKeysGrain ApiKeys(this IGrainFactory grains, TenantId tenant) => grains.GetGrain<IApiKeysGrain>(tenant.ToString());

    public static INotificationTemplatesGrain NotificationTemplates(this IGrainFactory grains, TenantId tenant) => grains.GetGrain<INotificationTemplatesGrain>(tenant.ToString());

    public static ISupportGrain Support(this IGrainFactory grains, TenantId tenant) => grains.GetGrain<ISupportGrain>(tenant.ToString());

    public static ISnippetGrain Snippet(this IGrainFactory grains, SnippetId id) => grains.GetGrain<ISnippetGrain>(id.ToString());

    public static IVulnerabilityReportGrain VulnerabilityReport(this IGrainFactory grains, VulnerabilityReportId id) => grains.GetGrain<IVulnerabilityReportGrain>(id.ToString());

    public static IVulnerabilityIntakeGrain VulnerabilityIntake(this IGrainFactory grains) => grains.GetGrain<IVulnerabilityIntakeGrain>("vulnerability_intake");

    public static IBackupsGrain Backups(this IGrainFactory grains) => grains.GetGrain<IBackupsGrain>("backups");

    /// <param name="grains">The factory.</param>
    /// <param name="slug">A well-formed slug, see <see cref="Slugs"/>.</param>
    public static ITenantNameGrain TenantName(this IGrainFactory grains, string slug) => grains.GetGrain<ITenantNameGrain>("tnm_" + slug);

    public static ISignInGrain SignIn(this IGrainFactory grains) => grains.GetGrain<ISignInGrain>(Any("signin_"));

    public static ITenantRegistrationGrain TenantRegistration(this IGrainFactory grains) => grains.GetGrain<ITenantRegistrationGrain>(Any("registration_"));

    public static IUserRegistrationGrain UserRegistration(this IGrainFactory grains) => grains.GetGrain<IUserRegistrationGrain>(Any("registration_"));

    public static IPasswordResetGrain PasswordReset(this IGrainFactory grains) => grains.GetGrain<IPasswordResetGrain>(Any("reset_"));

    public static IListingGrain Listing(this IGrainFactory grains) => grains.GetGrain<IListingGrain>(Any("directory_"));

    public static IAuditReaderGrain AuditReader(this IGrainFactory grains) => grains.GetGrain<IAuditReaderGrain>(Any("audit_"));

    public static IPrivacyGrain Privacy(this IGrainFactory grains) => grains.GetGrain<IPrivacyGrain>(Any("privacy_"));

    public static IErasureGrain Erasure(this IGrainFactory grains, UserId id) => grains.GetGrain<IErasureGrain>(id.ToString());

    public static IRefusalLogGrain RefusalLog(this IGrainFactory grains) => grains.GetGrain<IRefusalLogGrain>(Any("refusals_"));

    public static IIdempotencyGrain Idempotency(this IGrainFactory grains) => grains.GetGrain<IIdempotencyGrain>(Any("idempotency_"));

    public static IKeyRingGrain KeyRing(this IGrainFactory grains, string environment) => grains.GetGrain<IKeyRingGrain>("keyring_" + environment);

    public static IMasterKeyGrain MasterKeys(this IGrainFactory grains) => grains.GetGrain<IMasterKeyGrain>(Any("masterkeys_"));

    public static IGatewaysGrain Gateways(this IGrainFactory grains) => grains.GetGrain<IGatewaysGrain>(Any("gateways_"));

    /// <summary>
    /// One of several keys of a grain without state. A host without a silo sends all calls of one key through the same gateway, and a grain without state runs in the silo where the
    /// call arrives. With one key, one silo would hash all passwords of a host.
    /// </summary>
    private static string Any(string prefix) => prefix + Numbers[Random.Shared.Next(Numbers.Length)];
}
