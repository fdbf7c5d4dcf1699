using Platform.Hosting.Settings;
using Platform.Journal;
using Platform.Notifications;
using Platform.Security;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Silo.Hosting.Clustering;
using Platform.Snippets;
using Platform.Storage;
using Platform.Storage.Backups;
using Platform.Tenants;
using Platform.VulnerabilityReports;

namespace Platform.Silo.Hosting;

/// <summary>The settings of what hosts grains (see <see cref="KnownSettings"/>).</summary>
internal static class SiloSettings
{
    public static readonly (string Section, Type Options)[] Sections =
    [
        (SessionOptions.Section, typeof(SessionOptions)),
        (PasswordHashingOptions.Section, typeof(PasswordHashingOptions)),
        (SignInOptions.Section, typeof(SignInOptions)),
        (NotificationOptions.Section, typeof(NotificationOptions)),
        (SnippetOptions.Section, typeof(SnippetOptions)),
        (TenantOptions.Section, typeof(TenantOptions)),
        (VulnerabilityReportOptions.Section, typeof(VulnerabilityReportOptions)),
        (DatabaseOptions.Section, typeof(DatabaseOptions)),
        (BackupOptions.Section, typeof(BackupOptions)),
        (JournalOptions.Section, typeof(JournalOptions)),
        (OperatorBootstrapOptions.Section, typeof(OperatorBootstrapOptions)),
        (NodeOptions.Section, typeof(NodeOptions)),
    ];

    public static readonly string[] ConnectionStrings = [DatabaseOptions.ConnectionName];
}
