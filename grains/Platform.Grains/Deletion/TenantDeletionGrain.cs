using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Internal;
using Platform.Notifications;
using Platform.Tenants;

namespace Platform.Deletion;

/// <summary>
/// Holds nothing: the row says what is to be done, the tenant whether it still is. The row is on disk before the tenant knows of it, so a tenant that is to be deleted always has one; a row whose tenant
/// knows of nothing was taken back, or never answered.
/// </summary>
internal sealed partial class TenantDeletionGrain(
    TenantDeletionTable deletions,
    TenantRecords records,
    DeletionNotices notices,
    TenantDestruction destruction,
    IOptions<TenantOptions> options,
    TimeProvider time,
    ILogger<TenantDeletionGrain> logger) : Grain, ITenantDeletionGrain
{
    /// <summary>A call waits so long for the end; then the deletion goes on without it.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>More than follow each other at once; a clock that differs from the tenant's would make it go round.</summary>
    private const int MaxSteps = 8;

    private Task _work = Task.CompletedTask;
    private TenantId _tenant;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tenant = PrefixedId.Parse<TenantId>(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public async Task<Outcome<TenantView>> RequestAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Holds(Permissions.Operate)) return Refusal.NotFound;
        if (await GrainFactory.TenantInternal(_tenant).FindAsync(cancellationToken) is not { } tenant) return Refusal.NotFound;
        if (tenant.Slug == Slugs.Platform) return Refusal.TenantNotDeletable;
        if (tenant.DeletesAt is null)
        {
            // One that was taken back comes to its end first: its row would speak for this one.
            await ResumeAsync(cancellationToken);
            if (!_work.IsCompleted || await deletions.FindAsync(_tenant, cancellationToken) is not null) return Refusal.Busy;
            var now = time.GetUtcNow();
            var deletion = new TenantDeletionView { TenantId = _tenant, RequestedAt = now, RequestedBy = actor.UserId, DeletesAt = now + options.Value.DeletionDelay };
            await deletions.AddAsync(deletion, cancellationToken);
            var scheduled = await GrainFactory.TenantInternal(_tenant).ScheduleDeletionAsync(actor, deletion.DeletesAt, cancellationToken);
            if (scheduled.Value is null) return scheduled;
            tenant = scheduled.Value;
        }

        await ResumeAsync(cancellationToken);
        return tenant;
    }

    public async Task<Outcome<TenantDeletionView>> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Holds(Permissions.Operate)) return Refusal.NotFound;
        return await deletions.FindAsync(_tenant, cancellationToken) is { } job ? job.Deletion : Refusal.NotFound;
    }

    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (_work.IsCompleted) _work = WorkAsync();
        try
        {
            await _work.WaitAsync(Timeout, time, cancellationToken);
        }
        catch (Exception failure) when (failure is TimeoutException or StorageUnavailableException or OrleansException)
        {
            // It is on disk that it is to be done; the next round goes on with it.
            NotDone(logger, failure.GetType().Name);
        }
    }

    private async Task WorkAsync()
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            if (await deletions.FindAsync(_tenant, CancellationToken.None) is not { Deletion.IsComplete: false } job) return;
            var tenant = await GrainFactory.TenantInternal(_tenant).FindAsync(CancellationToken.None);
            if (job.IsBegun || tenant is { Status: TenantStatus.Deleting })
            {
                await DestroyAsync(job, tenant?.Slug);
                return;
            }

            if (!await AdvanceAsync(job, tenant)) return;
        }
    }

    /// <returns>Whether there may be more to do now.</returns>
    private async Task<bool> AdvanceAsync(TenantDeletionJob job, TenantView? tenant)
    {
        var now = time.GetUtcNow();
        var (step, at) = DeletionRules.Next(job, tenant?.DeletesAt, options.Value.DeletionDelay, now);
        switch (step)
        {
            case DeletionStep.Tell:
                await notices.TellAsync(tenant!, NotificationTemplates.TenantDeletionRequested, tenant!.DeletesAt, CancellationToken.None);
                await SaveAsync(job, tenant.DeletesAt!.Value, DeletionNotice.Requested, remindedAt: null, lookAt: now);
                return true;
            case DeletionStep.Remind:
                await GrainFactory.TenantInternal(_tenant).PostponeDeletionAsync(at, CancellationToken.None);
                await notices.TellAsync(tenant!, NotificationTemplates.TenantDeletionReminder, at, CancellationToken.None);
                await SaveAsync(job, at, DeletionNotice.Reminded, remindedAt: now, lookAt: now);
                return true;
            case DeletionStep.Move:
                await GrainFactory.TenantInternal(_tenant).PostponeDeletionAsync(at, CancellationToken.None);
                await SaveAsync(job, at, DeletionNotice.Requested, remindedAt: null, lookAt: now);
                return true;
            case DeletionStep.Begin:
                await GrainFactory.TenantInternal(_tenant).BeginDeletionAsync(CancellationToken.None);
                return true;
            case DeletionStep.Withdraw:
                if (job.Notice != DeletionNotice.None && tenant is not null) await notices.TellAsync(tenant, NotificationTemplates.TenantDeletionWithdrawn, deletesAt: null, CancellationToken.None);
                await deletions.RemoveAsync(_tenant, CancellationToken.None);
                return false;
            default:
                var latest = now + TenantDeletionTable.LongestPause;
                await SaveAsync(job, tenant!.DeletesAt!.Value, job.Notice, job.RemindedAt, at < latest ? at : latest);
                return false;
        }
    }

    private Task SaveAsync(TenantDeletionJob job, DateTimeOffset deletesAt, DeletionNotice notice, DateTimeOffset? remindedAt, DateTimeOffset lookAt) =>
        deletions.SaveAsync(new TenantDeletionJob(job.Deletion with { DeletesAt = deletesAt }, notice, remindedAt, lookAt), CancellationToken.None);

    private async Task DestroyAsync(TenantDeletionJob job, string? slug)
    {
        if (!job.IsBegun)
        {
            var snippets = await GrainFactory.TenantSnippets(_tenant).ListAsync(CancellationToken.None);
            var counts = (await records.CountAsync(_tenant, CancellationToken.None)).SetItem("snippets", snippets.Length);
            job = job with { Deletion = job.Deletion with { Counts = counts }, LookAt = time.GetUtcNow() };
            await deletions.SaveAsync(job, CancellationToken.None);
        }

        await deletions.CompleteAsync(await destruction.RunAsync(job.Deletion, slug), CancellationToken.None);
        Done(logger, _tenant);
    }

    [LoggerMessage(EventName = "TenantDeletionNotDone", Level = LogLevel.Warning, Message = "The deletion of a tenant is not complete yet ({Failure}); the platform continues it by itself")]
    private static partial void NotDone(ILogger logger, string failure);

    [LoggerMessage(EventName = "TenantDeleted", Level = LogLevel.Information, Message = "The deletion of tenant {Tenant} is complete")]
    private static partial void Done(ILogger logger, TenantId tenant);
}
