using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Backups;
using Platform.Storage.Backups;
using Platform.Tenants;

namespace Platform.Silo.Hosting.Backups;

/// <summary>Holds what the silos have told of their backups; the rest is read from the folder and the lock at each call. A backup that is asked for is made by the silo that this grain is on.</summary>
internal sealed class BackupsGrain(AuditLog audit, TimeProvider time, IServiceProvider services) : Grain, IBackupsGrain, IBackupReportsGrain
{
    /// <summary>Longer than between two tries, so that a failure is seen until the next one.</summary>
    private static readonly TimeSpan StaysFor = TimeSpan.FromHours(1);

    private BackupReport? _last;
    private BackupFailureView? _failure;
    private (Guid Request, BackupRunView Answer)? _requested;

    public async Task<Outcome<BackupsView>> DescribeAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!await MayLookAsync(actor, cancellationToken)) return Refusal.NotFound;
        if (services.GetService<BackupOverview>() is not { } overview) return BackupsView.NotConfigured;
        var isRunning = await OrUnavailableAsync(() => overview.IsRunningAsync(cancellationToken));
        if (!isRunning && _last is { EndedAt: null } lost) Note(lost with { EndedAt = time.GetUtcNow(), Failure = "The process that made it has ended." });
        return await Task.Run(() => overview.Read(isRunning ? RunOf(_last) : null, _failure), cancellationToken);
    }

    public async Task<Outcome<BackupRunView>> BeginAsync(Actor actor, Guid? request, CancellationToken cancellationToken)
    {
        if (!await MayLookAsync(actor, cancellationToken)) return Refusal.NotFound;
        if (!actor.Holds(Permissions.Operate)) return Refusal.Forbidden;
        if (services.GetService<BackupWorker>() is not { } worker) return Refusal.BackupsNotConfigured;
        if (request is { } again && _requested is { } before && before.Request == again) return before.Answer;
        var plan = await OrUnavailableAsync(() => worker.TryBeginAsync(
            actor.UserId,
            begun => audit.RecordAsync(actor.TenantId, AuditEntry.By(actor, AuditActions.BackupRequested, new AuditParty(AuditParties.Backup, begun.Name))),
            cancellationToken));
        if (plan is null) return Refusal.BackupUnderWay;
        Note(plan);
        var answer = RunOf(plan);
        if (request is { } id) _requested = (id, answer);
        return answer;
    }

    public Task ReportAsync(BackupReport report, CancellationToken cancellationToken)
    {
        Note(report);
        return Task.CompletedTask;
    }

    private void Note(BackupReport report)
    {
        DelayDeactivation(StaysFor);
        _last = report;
        if (report.EndedAt is { } at) _failure = report.Failure is { } reason ? new BackupFailureView(at, reason) : null;
    }

    private static BackupRunView RunOf(BackupReport? report) =>
        report is { EndedAt: null } ? new BackupRunView { Name = report.Name, StartedAt = report.StartedAt, RequestedBy = report.RequestedBy, Node = report.Node } : new BackupRunView();

    /// <summary>Whoever works in the operators' tenant; those of other tenants learn nothing, whatever they hold there.</summary>
    private async Task<bool> MayLookAsync(Actor actor, CancellationToken cancellationToken) =>
        (actor.Holds(Permissions.Operate) || actor.Holds(Permissions.Read)) && actor.ApiKey is null && actor.SupportGrant is null
        && await GrainFactory.TenantName(Slugs.Platform).ResolveAsync(cancellationToken) == actor.TenantId;

    /// <summary>A database that does not answer is an outage to whoever calls; its own exception stays here.</summary>
    private static async Task<T> OrUnavailableAsync<T>(Func<Task<T>> call)
    {
        Exception? failure;
        try
        {
            return await call();
        }
        catch (BackupException failed)
        {
            failure = failed;
        }

        throw new StorageUnavailableException($"The backups cannot be looked at: {failure.Message}");
    }
}
