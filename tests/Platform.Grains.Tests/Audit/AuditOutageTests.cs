using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Tests.Hosting;

namespace Platform.Tests.Audit;

/// <summary>What the log claims while its table fails.</summary>
public sealed class AuditOutageTests
{
    [Fact, Trait("Threat", "T74")]
    public async Task Append_TableFails_NothingIsClaimedAndTheChainGoesOnAfterwards()
    {
        var (silo, events) = await StartAsync();
        await using var _ = silo;
        var log = new AuditSample(silo);
        await log.AppendAsync(3);

        events.FailBefore = true;
        foreach (var _2 in Enumerable.Range(0, 3)) await Should.ThrowAsync<StorageUnavailableException>(() => log.AppendAsync(log.Entry(8)));
        events.FailBefore = false;
        await log.AppendAsync(log.Entry(9));

        (await log.ReadAllAsync()).Select(e => e.Target.Name).ShouldBe(["user0", "user1", "user2", "user9"]);
        await log.ShouldBeGoodAsync(4);
    }

    /// <summary>It was written, but the answer was lost: the caller has done nothing, and the log says so.</summary>
    [Fact, Trait("Threat", "T74")]
    public async Task Append_AnswerIsLost_TheNextEntrySaysThatItWasNotCompleted()
    {
        var (silo, events) = await StartAsync();
        await using var _ = silo;
        var log = new AuditSample(silo);

        events.FailAfter = true;
        await Should.ThrowAsync<StorageUnavailableException>(() => log.AppendAsync(log.Entry(1)));
        events.FailAfter = false;
        await log.AppendAsync(log.Entry(2));

        var all = await log.ReadAllAsync();
        all.Select(e => (e.Target.Name, e.Outcome, e.Reason)).ShouldBe(
        [
            ("user1", AuditOutcome.Success, "because"),
            ("user1", AuditOutcome.Failure, "not_completed"),
            ("user2", AuditOutcome.Success, "because"),
        ]);
        await log.ShouldBeGoodAsync(3);
    }

    [Fact, Trait("Threat", "T74")]
    public async Task Recorded_ChangeFails_TheLogSaysSo()
    {
        await using var silo = await SiloHost.StartAsync();
        var log = new AuditSample(silo);

        await Should.ThrowAsync<IOException>(() => silo.Grains.RecordedAsync(log.Tenant, log.Entry(1), Task<int> () => throw new IOException()));

        (await log.ReadAllAsync()).Select(e => (e.Outcome, e.Reason)).ShouldBe([(AuditOutcome.Success, "because"), (AuditOutcome.Failure, "not_completed")]);
    }

    private static async Task<(SiloHost, FailingEvents)> StartAsync()
    {
        FailingEvents? failing = null;
        var silo = await SiloHost.StartAsync(services =>
        {
            var real = services.Last(s => s.ServiceType == typeof(IAuditEvents)).ImplementationType!;
            services.AddSingleton<IAuditEvents>(provider => failing = new FailingEvents((IAuditEvents)ActivatorUtilities.CreateInstance(provider, real)));
        });
        silo.Service<IAuditEvents>();
        return (silo, failing!);
    }

    private sealed class FailingEvents(IAuditEvents inner) : IAuditEvents
    {
        public bool FailBefore { get; set; }

        public bool FailAfter { get; set; }

        public Task<AuditHead> FindHeadAsync(TenantId tenant, CancellationToken cancellationToken) => inner.FindHeadAsync(tenant, cancellationToken);

        public async Task AppendAsync(IReadOnlyList<AuditRow> rows, AuditCheckpoint? checkpoint, CancellationToken cancellationToken)
        {
            if (FailBefore) throw new StorageUnavailableException();
            await inner.AppendAsync(rows, checkpoint, cancellationToken);
            if (FailAfter) throw new StorageUnavailableException();
        }

        public Task<IReadOnlyList<AuditRow>> ReadAsync(TenantId tenant, long after, long upTo, int limit, CancellationToken cancellationToken) =>
            inner.ReadAsync(tenant, after, upTo, limit, cancellationToken);

        public Task<IReadOnlyList<AuditRow>> FindAsync(
            TenantId tenant, AuditFilter filter, bool newestFirst, AuditPosition? beyond, int limit, CancellationToken cancellationToken) =>
            inner.FindAsync(tenant, filter, newestFirst, beyond, limit, cancellationToken);

        public Task<IReadOnlyList<AuditRow>> FindOfUserAsync(TenantId tenant, UserId user, AuditPosition? beyond, int limit, CancellationToken cancellationToken) =>
            inner.FindOfUserAsync(tenant, user, beyond, limit, cancellationToken);

        public Task<IReadOnlyList<AuditCheckpoint>> ReadCheckpointsAsync(TenantId tenant, long after, int limit, CancellationToken cancellationToken) =>
            inner.ReadCheckpointsAsync(tenant, after, limit, cancellationToken);

        public Task<AuditCheckpoint?> FindLastCheckpointAsync(TenantId tenant, CancellationToken cancellationToken) => inner.FindLastCheckpointAsync(tenant, cancellationToken);

        public Task AddCheckpointAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken) => inner.AddCheckpointAsync(checkpoint, cancellationToken);
    }
}
