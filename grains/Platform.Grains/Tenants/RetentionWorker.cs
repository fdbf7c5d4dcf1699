using System.Globalization;
using Microsoft.Extensions.Logging;
using Platform.Audit;
using Platform.Lifecycle;
using Platform.Sessions;

namespace Platform.Tenants;

/// <summary>
/// Carries out what tenants have set about keeping (row PRIVACY): every hour, tenant by tenant. The access log is dropped from its front only and up to a signed
/// checkpoint, which the first event that remains must follow; the log says so before it is done.
/// </summary>
internal sealed partial class RetentionWorker(
    TenantTable tenants,
    SessionSweeper sessions,
    AuditEventTable events,
    AuditSigner signer,
    AuditLog audit,
    TimeProvider time,
    ILogger<RetentionWorker> logger) : PeriodicService(Interval, time)
{
    private const int CheckpointsPerRound = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Tombstones of sessions outlive every token that could name them.</summary>
    private static readonly TimeSpan LifeOfTokens = TimeSpan.FromHours(25);

    /// <summary>One round.</summary>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await foreach (var tenant in tenants.ReadAllAsync(cancellationToken)) await TryApplyAsync(tenant, cancellationToken);
    }

    protected override Task RunAsync(CancellationToken cancellationToken) => ApplyAsync(cancellationToken);

    protected override void LogFailure(Exception failure) => Failed(logger, failure);

    private async Task TryApplyAsync(TenantView tenant, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        var kept = tenant.Retention.EndedSessions > LifeOfTokens ? tenant.Retention.EndedSessions : LifeOfTokens;
        try
        {
            await sessions.ForgetAsync(tenant.Id, now - kept, cancellationToken);

            // By the day: otherwise a busy log would have an entry about its trimming every hour.
            await TrimAsync(tenant, new DateTimeOffset((now - tenant.Retention.AccessLog).UtcDateTime.Date, TimeSpan.Zero), cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // One tenant's trouble is not another's; the next round tries again.
            Failed(logger, failure);
        }
    }

    private async Task TrimAsync(TenantView tenant, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var floor = (await events.FindFloorAsync(tenant.Id, cancellationToken))?.Sequence ?? 0;
        var steps = await FindStepsAsync(tenant.Id, floor, before, cancellationToken);
        if (steps.Count == 0) return;
        var entry = AuditEntry.BySystem(AuditActions.AuditTrimmed, new AuditParty(AuditParties.Tenant, tenant.Id.ToString(), tenant.Name)) with
        {
            Changes = [new AuditChange("/droppedUpTo", Print(floor), Print(steps[^1].Sequence))],
        };
        await audit.RecordThenAsync(tenant.Id, [entry], async () =>
        {
            foreach (var step in steps) await events.TrimAsync(step, Time.GetUtcNow(), cancellationToken);
        });
        Trimmed(logger, steps[^1].Sequence - floor);
    }

    /// <summary>Checkpoints up to which all events are older, in order. Each is a step of its own, so that no write is large.</summary>
    private async Task<List<AuditCheckpoint>> FindStepsAsync(TenantId tenant, long floor, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var steps = new List<AuditCheckpoint>();
        foreach (var checkpoint in await events.ReadCheckpointsAsync(tenant, floor, CheckpointsPerRound, cancellationToken))
        {
            if (checkpoint.Time >= before || !await signer.IsGenuineAsync(checkpoint, cancellationToken)) break;
            if (await events.HasSinceAsync(tenant, floor, checkpoint.Sequence, before, cancellationToken)) break;
            steps.Add(checkpoint);
            floor = checkpoint.Sequence;
        }

        return steps;
    }

    private static string Print(long sequence) => sequence.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(EventName = "RetentionFailed", Level = LogLevel.Warning, Message = "Data beyond its retention could not be removed; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception failure);

    [LoggerMessage(EventName = "AccessLogTrimmed", Level = LogLevel.Information, Message = "{Count} events beyond their retention were dropped from the beginning of an access log")]
    private static partial void Trimmed(ILogger logger, long count);
}
