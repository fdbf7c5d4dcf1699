using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Lifecycle;
using Platform.Notifications;
using Platform.Storage.Backups;
using Platform.Tenants;

namespace Platform.Silo.Hosting.Backups;

/// <summary>
/// Makes backups by the clock (row DR). Every silo runs it; the one that takes the turn makes the backup, the others see it in the folder. An operator may have one made in between, under the same turn.
/// </summary>
internal sealed class BackupWorker(
    IBackupDatabase database,
    BackupMaker maker,
    BackupFolder folder,
    BackupStatus status,
    IOptions<BackupOptions> options,
    ManagerNotifications managers,
    Notifier notifier,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<BackupWorker> logger) : PeriodicService(Round, time)
{
    /// <summary>After a backup that failed.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(5);

    private const int MaxTold = 20;

    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RemindAfter = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _requested = Task.CompletedTask;
    private DateTimeOffset? _failedAt;
    private DateTimeOffset? _toldAt;
    private TimeSpan? _jitter;

    private string Target => options.Value.Target!;

    /// <summary>One round: at most one backup.</summary>
    public Task MakeDueAsync(CancellationToken cancellationToken) => RunAloneAsync(cancellationToken);

    /// <summary>Begins one now, whether or not one is due, and does not wait for it.</summary>
    /// <param name="requestedBy">The operator.</param>
    /// <param name="record">Says so in the access log. Nothing is made before it returns.</param>
    /// <param name="cancellationToken">Until it has begun.</param>
    /// <returns>Null: another process or the schedule makes one.</returns>
    /// <exception cref="BackupException">The database does not answer.</exception>
    public async Task<BackupReport?> TryBeginAsync(UserId requestedBy, Func<BackupReport, Task> record, CancellationToken cancellationToken)
    {
        var turn = await database.TryTakeTurnAsync(cancellationToken);
        if (turn is null) return null;
        try
        {
            var plan = maker.Plan(Time.GetUtcNow(), requestedBy);
            await record(plan);

            // Neither on the scheduler of the grain that asks, nor in the trace of the request.
            using (ExecutionContext.SuppressFlow()) _requested = Task.Run(() => MakeRequestedAsync(plan, turn), CancellationToken.None);
            return plan;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    /// <summary>When the last backup that was asked for has ended, one way or the other.</summary>
    public Task WhenRequestedEndedAsync() => _requested;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await base.StopAsync(cancellationToken);
        await _requested;
    }

    public override void Dispose()
    {
        _stopping.Dispose();
        base.Dispose();
    }

    protected override Task RunAsync(CancellationToken cancellationToken) => TryMakeDueAsync(Time.GetUtcNow(), cancellationToken);

    protected override void LogFailure(Exception failure) => BackupMaker.LogFailure(logger, failure.Message);

    private async Task TryMakeDueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!IsDue(Look(), now)) return;
        string? failure;
        try
        {
            await using var turn = await database.TryTakeTurnAsync(cancellationToken);

            // Who had the turn before has made it. One whose verification failed, or was cut off, is verified again before another one is made.
            var newest = Look();
            if (turn is null || !IsDue(newest, now)) return;
            var unverified = newest is { IsVerified: false } && IsFresh(newest, now) ? newest.Path : null;
            failure = await maker.MakeAsync(maker.Plan(now, requestedBy: null), unverified, cancellationToken);
        }
        catch (Exception failed) when (BackupMaker.IsExpected(failed))
        {
            failure = maker.Fail(failed);
        }

        _failedAt = failure is null ? null : now;
        if (failure is null) _jitter = null;
        else if (status.IsLate) await TellAsync(now, failure, cancellationToken);
    }

    private async Task MakeRequestedAsync(BackupReport plan, IAsyncDisposable turn)
    {
        await using var _ = turn;
        try
        {
            await maker.MakeAsync(plan, unverified: null, _stopping.Token);
        }
        catch (Exception failure)
        {
            // As a round of the schedule: the process goes on.
            if (!_stopping.IsCancellationRequested) LogFailure(failure);
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
}
