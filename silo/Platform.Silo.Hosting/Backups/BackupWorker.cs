using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Lifecycle;
using Platform.Notifications;
using Platform.Storage.Backups;
using Platform.Telemetry;
using Platform.Tenants;

namespace Platform.Silo.Hosting.Backups;

/// <summary>
/// Makes backups by the clock (row DR), verifies each by restoring it into a scratch database, and removes older ones only then. Every silo runs it; the one that takes the turn makes the
/// backup, the others see it in the folder.
/// </summary>
internal sealed partial class BackupWorker(
    IBackupDatabase database,
    BackupRun backups,
    BackupVerification verification,
    BackupFolder folder,
    BackupStatus status,
    IOptions<BackupOptions> options,
    ManagerNotifications managers,
    Notifier notifier,
    IGrainFactory grains,
    PlatformMetrics metrics,
    TimeProvider time,
    ILogger<BackupWorker> logger) : PeriodicService(Round, time)
{
    private const int MaxTold = 20;

    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    /// <summary>After a backup that failed.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RemindAfter = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _one = new(1);
    private DateTimeOffset? _failedAt;
    private DateTimeOffset? _toldAt;
    private TimeSpan? _jitter;

    private string Target => options.Value.Target!;

    /// <summary>One round: at most one backup.</summary>
    public async Task MakeDueAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await BackupThread.RunAsync(() => TryMakeDueAsync(Time.GetUtcNow(), cancellationToken));
        }
        finally
        {
            _one.Release();
        }
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    protected override Task RunAsync(CancellationToken cancellationToken) => MakeDueAsync(cancellationToken);

    protected override void LogFailure(Exception failure) => Failed(logger, failure.Message);

    private async Task TryMakeDueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!IsDue(Look(), now)) return;
        try
        {
            await using var turn = await database.TryTakeTurnAsync(cancellationToken);

            // Who had the turn before has made it. One whose verification failed, or was cut off, is verified again before another one is made.
            var newest = Look();
            if (turn is null || !IsDue(newest, now)) return;
            var path = newest is { IsVerified: false } && IsFresh(newest, now) ? newest.Path : (await backups.MakeAsync(Target, new BackupPace(options.Value.BytesPerSecond, Time), cancellationToken)).Path;
            await verification.VerifyAsync(path, cancellationToken);
            BackupFolder.MarkVerified(path);
            Look();
            (_failedAt, _jitter) = (null, null);
            metrics.BackedUp(succeeded: true);
            Made(logger, Path.GetFileName(path), folder.Prune(Target, now).Count);
        }
        catch (Exception failure) when (failure is BackupException or IOException or UnauthorizedAccessException)
        {
            _failedAt = now;
            metrics.BackedUp(succeeded: false);
            Failed(logger, failure.Message);
            if (status.IsLate) await TellAsync(now, failure.Message, cancellationToken);
        }
    }

    private bool IsDue(FoundBackup? newest, DateTimeOffset now)
    {
        if (_failedAt is { } failed && now - failed < RetryAfter && now >= failed) return false;
        return newest is not { IsVerified: true } || !IsFresh(newest, now);
    }

    /// <summary>An interval, and a little more by chance: installations that share a store do not all come at the full hour.</summary>
    private bool IsFresh(FoundBackup backup, DateTimeOffset now)
    {
        _jitter ??= options.Value.Interval * (Random.Shared.NextDouble() / 20);
        return now >= backup.Time && now - backup.Time < options.Value.Interval + _jitter;
    }

    /// <returns>The newest backup, verified or not.</returns>
    private FoundBackup? Look()
    {
        var all = folder.List(Target);
        if (all.LastOrDefault(backup => backup.IsVerified) is { } verified) status.Saw(verified.Time);
        return all is [.., var newest] ? newest : null;
    }

    /// <summary>The operators, once a day.</summary>
    private async Task TellAsync(DateTimeOffset now, string reason, CancellationToken cancellationToken)
    {
        if (_toldAt is { } told && now - told < RemindAfter && now >= told) return;
        if (await grains.TenantName(Slugs.Platform).ResolveAsync(cancellationToken) is not { } operators) return;
        (string, string)[] data = [("newest", status.Newest is { } newest ? Notifier.Print(newest) : "none"), ("reason", reason)];
        await notifier.EnqueueAsync(await managers.ComposeAsync(operators, MaxTold, except: null, NotificationTemplates.BackupLate, data, cancellationToken), cancellationToken);
        _toldAt = now;
    }

    [LoggerMessage(EventName = "BackupMade", Level = LogLevel.Information, Message = "Made and verified backup {Backup}; {Removed} older ones were removed")]
    private static partial void Made(ILogger logger, string backup, int removed);

    [LoggerMessage(EventName = "BackupFailed", Level = LogLevel.Error, Message = "No backup was made, or it was not verified; the next try comes in five minutes: {Reason}")]
    private static partial void Failed(ILogger logger, string reason);
}
