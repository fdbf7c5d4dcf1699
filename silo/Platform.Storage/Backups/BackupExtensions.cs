using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Storage.Postgres;

namespace Platform.Storage.Backups;

internal static class BackupExtensions
{
    /// <summary>For a process that makes or restores backups. Needs <c>PlatformOptions</c>, <c>MasterKey</c>, a clock and <see cref="BackupProgress"/>.</summary>
    public static void AddBackups(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BackupOptions>().BindConfiguration(BackupOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        var connectionString = configuration.GetConnectionString(DatabaseOptions.ConnectionName);
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            services.AddSingleton<IBackupDatabase, SqliteBackup>();
        }
        else
        {
            services.AddSingleton<IBackupDatabase>(provider => new PostgresBackup(
                PostgresConnection.Complete(connectionString),
                provider.GetRequiredService<IOptions<BackupOptions>>().Value.PostgresTools,
                provider.GetRequiredService<BackupProgress>()));
        }

        services.AddSingleton<BackupRun>();
        services.AddSingleton<RestoreRun>();
        services.AddSingleton<BackupVerification>();
        services.AddSingleton<BackupFolder>();
    }
}
