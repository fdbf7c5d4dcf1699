using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Platform.Journal;
using Platform.Lifecycle;
using Platform.Storage.Backups;

namespace Platform.Silo.Hosting.Backups;

internal static class BackupsExtensions
{
    /// <summary>What <c>/readyz</c> says of the journal of endings, where there is one.</summary>
    public static void AddJournalCheck(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[$"{JournalOptions.Section}:{nameof(JournalOptions.Journal)}"])) return;
        builder.Services.AddHealthChecks().AddCheck<JournalCheck>("journal");
    }

    /// <summary>Scheduled backups, where a target is set.</summary>
    public static void AddBackupSchedule(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<BackupOptions>().BindConfiguration(BackupOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        if (string.IsNullOrEmpty(builder.Configuration[$"{BackupOptions.Section}:{nameof(BackupOptions.Target)}"])) return;
        services.TryAddSingleton(provider => new BackupProgress(TextWriter.Null, provider.GetRequiredService<TimeProvider>()));
        services.AddBackups(builder.Configuration);
        services.AddSingleton<BackupStatus>();
        services.AddSingleton<BackupMaker>();
        services.AddSingleton<BackupOverview>();
        services.AddSiloService<BackupWorker>(SiloStages.Workers);
        services.AddHealthChecks().AddCheck<BackupCheck>("backups");
    }
}
