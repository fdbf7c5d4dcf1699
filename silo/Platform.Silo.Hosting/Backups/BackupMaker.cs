using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Storage.Backups;
using Platform.Telemetry;

namespace Platform.Silo.Hosting.Backups;

/// <summary>Makes a backup, verifies it, and removes older ones only then; by the clock or because an operator asks. What comes of it goes to the log, to the metrics and to <see cref="IBackupReportsGrain"/>.</summary>
internal sealed partial class BackupMaker(
    BackupRun backups,
    BackupVerification verification,
    BackupFolder folder,
    BackupStatus status,
    IGrainFactory grains,
    ILocalSiloDetails silo,
    IOptions<PlatformOptions> platform,
    IOptions<BackupOptions> options,
    PlatformMetrics metrics,
    TimeProvider time,
    ILogger<BackupMaker> logger)
{
    private const string CutOff = "It was cut off: the silo stopped, or its log says why (BackupFailed).";

    private string Target => options.Value.Target!;

    /// <summary>What is about to be made.</summary>
    /// <param name="now">The time that its name says.</param>
    /// <param name="requestedBy">Null: the schedule.</param>
    public BackupReport Plan(DateTimeOffset now, UserId? requestedBy) => new() { Name = BackupFolder.NameOf(platform.Value.Environment, now), StartedAt = now, RequestedBy = requestedBy, Node = silo.SiloAddress.Endpoint.ToString() };

    /// <summary>The caller holds the turn.</summary>
    /// <param name="plan">From <see cref="Plan"/>.</param>
    /// <param name="unverified">One that is there already and is to be verified; null: a new one is made.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <returns>Why there is no good backup; null: there is one.</returns>
    public async Task<string?> MakeAsync(BackupReport plan, string? unverified, CancellationToken cancellationToken)
    {
        if (unverified is not null) plan = plan with { Name = Path.GetFileName(unverified) };
        var failure = CutOff;
        await TellAsync(plan);
        try
        {
            await BackupThread.RunAsync(() => MakeAndVerifyAsync(plan, unverified, cancellationToken));
            failure = null;
        }
        catch (Exception failed) when (IsExpected(failed))
        {
            failure = Fail(failed);
        }
        finally
        {
            await TellAsync(plan with { EndedAt = time.GetUtcNow(), Failure = failure });
        }

        return failure;
    }

    /// <summary>Those of a disk or a database that is away, or of a backup that would not do.</summary>
    public static bool IsExpected(Exception failure) => failure is BackupException or IOException or UnauthorizedAccessException;

    /// <returns>Its reason, which is in the log then.</returns>
    public string Fail(Exception failure)
    {
        metrics.BackedUp(succeeded: false);
        LogFailure(logger, failure.Message);
        return failure.Message;
    }

    [LoggerMessage(EventName = "BackupFailed", Level = LogLevel.Error, Message = "No backup was made, or it was not verified; the next try comes in five minutes: {Reason}")]
    public static partial void LogFailure(ILogger logger, string reason);

    private async Task MakeAndVerifyAsync(BackupReport plan, string? unverified, CancellationToken cancellationToken)
    {
        var path = unverified ?? (await backups.MakeAsync(Target, plan.StartedAt, new BackupPace(options.Value.BytesPerSecond, time), cancellationToken)).Path;
        await VerifyAsync(path, cancellationToken);
        if (folder.List(Target).LastOrDefault(backup => backup.IsVerified) is { } verified) status.Saw(verified.Time);
        metrics.BackedUp(succeeded: true);
        Made(logger, Path.GetFileName(path), folder.Prune(Target, time.GetUtcNow()).Count);
    }

    private async Task VerifyAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            BackupFolder.MarkVerified(path, restored: await verification.VerifyAsync(path, cancellationToken));
        }
        catch (BackupException wrong)
        {
            BackupFolder.MarkFailed(path, wrong.Message);
            throw;
        }
    }

    /// <summary>A backup counts whether or not operators can see at once that it does.</summary>
    private async Task TellAsync(BackupReport report)
    {
        try
        {
            await grains.BackupReports().ReportAsync(report, CancellationToken.None);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException or StorageUnavailableException or OperationCanceledException)
        {
            // The silo stops, or the one with the grain has just gone: what lies in the folder is told all the same.
        }
    }

    [LoggerMessage(EventName = "BackupMade", Level = LogLevel.Information, Message = "Made and verified backup {Backup}; {Removed} older ones were removed")]
    private static partial void Made(ILogger logger, string backup, int removed);
}
