using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Lifecycle;

namespace Platform.Sessions;

/// <summary>Takes expired sessions out of memory and storage with nobody asking. Ended ones stay for their tenant's retention (<see cref="Tenants.RetentionWorker"/>).</summary>
internal sealed partial class SessionSweeper(
    LiveSessions live,
    SessionTable table,
    IGrainFactory grains,
    IOptions<SessionOptions> options,
    TimeProvider time,
    ILogger<SessionSweeper> logger) : PeriodicService(options.Value.SweepInterval, time)
{
    private const int BatchSize = 500;
    private const int Parallelism = 16;

    /// <summary>One round; the service makes one every <see cref="SessionOptions.SweepInterval"/>.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        await ForEachAsync(live.All.Where(s => s.Evaluate(now) is not SessionState.Live).Select(s => s.Id), cancellationToken);
        await InBatchesAsync(() => table.FindExpiredAsync(now, BatchSize, cancellationToken), ids => ForEachAsync(ids, cancellationToken));
    }

    /// <summary>Takes sessions of a tenant that ended before out of storage, with every trace of them.</summary>
    public Task ForgetAsync(TenantId tenant, DateTimeOffset endedBefore, CancellationToken cancellationToken) =>
        InBatchesAsync(() => table.FindEndedAsync(tenant, endedBefore, BatchSize, cancellationToken), async ids =>
        {
            await Parallel.ForEachAsync(ids, Bounded(cancellationToken), async (id, ct) => await grains.Session(id).ForgetAsync(ct));
            await table.RemoveAsync(ids, cancellationToken);
        });

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(base.ExecuteAsync(stoppingToken), ExpireAnsweredAsync(stoppingToken));

    protected override Task RunAsync(CancellationToken cancellationToken) => SweepAsync(cancellationToken);

    /// <summary>Nothing is refused or accepted by a sweep; the next round tries again.</summary>
    protected override void LogFailure(Exception failure) => Failed(logger, failure);

    /// <summary>A session whose end was answered stays ended (threat T39).</summary>
    private async Task ExpireAnsweredAsync(CancellationToken stoppingToken)
    {
        await Parallel.ForEachAsync(live.Expired.Reader.ReadAllAsync(stoppingToken), Bounded(stoppingToken), async (id, ct) =>
        {
            try
            {
                await grains.Session(id).ExpireAsync(ct);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // The next round finds it by its row.
                Failed(logger, failure);
            }
        });
    }

    private static async Task InBatchesAsync(Func<Task<IReadOnlyList<SessionId>>> find, Func<IReadOnlyList<SessionId>, Task> handle)
    {
        IReadOnlyList<SessionId> ids, before = [];
        do
        {
            ids = await find();
            if (ids.Count == 0 || ids.SequenceEqual(before)) return;
            await handle(ids);
            before = ids;
        }
        while (ids.Count == BatchSize);
    }

    private async Task ForEachAsync(IEnumerable<SessionId> ids, CancellationToken cancellationToken) =>
        await Parallel.ForEachAsync(ids, Bounded(cancellationToken), async (id, ct) => await grains.Session(id).SweepAsync(ct));

    private static ParallelOptions Bounded(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };

    [LoggerMessage(EventName = "SessionSweepFailed", Level = LogLevel.Warning, Message = "Not all expired sessions could be removed; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception failure);
}
