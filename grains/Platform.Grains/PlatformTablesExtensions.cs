using Microsoft.Extensions.DependencyInjection;
using Platform.ApiKeys;
using Platform.Audit;
using Platform.Deletion;
using Platform.Expiry;
using Platform.Idempotency;
using Platform.KeyRotation;
using Platform.Notifications;
using Platform.Privacy;
using Platform.Scenarios;
using Platform.Security;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Snippets;
using Platform.Storage;
using Platform.Support;
using Platform.Tenants;
using Platform.Users;
using Platform.VulnerabilityReports;

namespace Platform;

public static class PlatformTablesExtensions
{
    /// <summary>
    /// The tables that grains write, and the keys under which what is personal in them is sealed. Needs an <see cref="IDatabase"/> and <see cref="MasterKey"/> to be
    /// registered.
    /// </summary>
    public static IServiceCollection AddPlatformTables(this IServiceCollection services) => services
        .AddSingleton<IDataKeyTable, DataKeyTable>()
        .AddSingleton<DataKeys>()
        .AddSingleton<PersonalData>()
        .AddSingleton<MasterKeyTable>()
        .AddSingleton<SealedColumns>()
        .AddSingleton<TenantTable>()
        .AddSingleton<UserTable>()
        .AddSingleton<SessionTable>()
        .AddSingleton<ScenarioTable>()
        .AddSingleton<ApiKeyTable>()
        .AddSingleton<SupportGrantTable>()
        .AddSingleton<NotificationOutbox>()
        .AddSingleton<AuditEventTable>()
        .AddSingleton<AuditClosureTable>()
        .AddSingleton<PrivacyRecords>()
        .AddSingleton<ErasureTable>()
        .AddSingleton<TenantDeletionTable>()
        .AddSingleton<TenantRecords>()
        .AddSingleton<ProvenDomainTable>()
        .AddSingleton<VulnerabilityReportTable>()
        .AddExpiring<IdempotencyKeyTable>()
        .AddExpiring<SignInThrottleTable>();

    private static IServiceCollection AddExpiring<TTable>(this IServiceCollection services) where TTable : class, IExpiringTable =>
        services.AddSingleton<TTable>().AddSingleton<IExpiringTable>(provider => provider.GetRequiredService<TTable>());
}
