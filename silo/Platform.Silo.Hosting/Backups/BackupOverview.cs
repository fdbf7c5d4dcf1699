using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Platform.Backups;
using Platform.Storage.Backups;

namespace Platform.Silo.Hosting.Backups;

/// <summary>What lies in the folder of backups, and what the schedule makes of it.</summary>
internal sealed class BackupOverview(IBackupDatabase database, BackupFolder folder, BackupStatus status, IOptions<BackupOptions> options, TimeProvider time)
{
    public Task<bool> IsRunningAsync(CancellationToken cancellationToken) => database.IsTurnTakenAsync(cancellationToken);

    /// <param name="running">The one that is being made.</param>
    /// <param name="failure">The last one, as it was told.</param>
    public BackupsView Read(BackupRunView? running, BackupFailureView? failure)
    {
        var backups = ImmutableArray<BackupView>.Empty;
        try
        {
            backups = [.. folder.Describe(options.Value.Target!)];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // One that goes while it is looked at is not there; a folder that cannot be read has to be told.
            failure = new BackupFailureView(time.GetUtcNow(), $"The folder cannot be read: {unreadable.Message}");
        }

        var newest = backups.FirstOrDefault(backup => backup.Verification is BackupVerdict.Restored or BackupVerdict.Checksums);
        if (newest is not null) status.Saw(newest.MadeAt);
        return new BackupsView
        {
            Schedule = Schedule(options.Value),
            IsLate = status.IsLate,
            NextDueAt = NextDueAt(newest, failure),
            Running = running,
            LastFailure = failure,
            Backups = backups,
        };
    }

    private DateTimeOffset NextDueAt(BackupView? newest, BackupFailureView? failure)
    {
        var due = time.GetUtcNow();
        if (newest?.MadeAt + options.Value.Interval is { } next && next > due) due = next;
        return failure?.At + BackupWorker.RetryAfter is { } retry && retry > due ? retry : due;
    }

    private static BackupScheduleView Schedule(BackupOptions options) => new()
    {
        Folder = Path.GetFullPath(options.Target!),
        Interval = options.Interval,
        Hourly = options.KeepHourly,
        Daily = options.KeepDaily,
        Weekly = options.KeepWeekly,
        Monthly = options.KeepMonthly,
        DataKeysKept = options.DataKeysKept,
    };
}
