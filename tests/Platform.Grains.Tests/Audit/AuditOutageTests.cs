using Platform.Audit;
using Platform.Grains.Tests.Hosting;

namespace Platform.Grains.Tests.Audit;

/// <summary>What the log claims while its table fails.</summary>
public sealed class AuditOutageTests
{
    [Fact, Trait("Threat", "T74")]
    public async Task Append_TableFails_NothingIsClaimedAndTheChainGoesOnAfterwards()
    {
        var database = new FaultyDatabase();
        await using var silo = await SiloHost.StartAsync(database.Put);
        var log = new AuditSample(silo);
        await log.AppendAsync(3);

        database.FailBefore = FaultyDatabase.AuditWrite;
        for (var i = 0; i < 3; i++) await Should.ThrowAsync<StorageUnavailableException>(() => log.AppendAsync(log.Entry(8)));
        database.FailBefore = null;
        await log.AppendAsync(log.Entry(9));

        (await log.ReadAllAsync()).Select(e => e.Target.Name).ShouldBe(["user0", "user1", "user2", "user9"]);
        await log.ShouldBeGoodAsync(4);
    }

    /// <summary>It was written, but the answer was lost: the caller has done nothing, and the log says so.</summary>
    [Fact, Trait("Threat", "T74")]
    public async Task Append_AnswerIsLost_TheNextEntrySaysThatItWasNotCompleted()
    {
        var database = new FaultyDatabase();
        await using var silo = await SiloHost.StartAsync(database.Put);
        var log = new AuditSample(silo);

        database.FailAfter = FaultyDatabase.AuditWrite;
        await Should.ThrowAsync<StorageUnavailableException>(() => log.AppendAsync(log.Entry(1)));
        database.FailAfter = null;
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

        await Should.ThrowAsync<IOException>(() => new AuditLog(silo.Grains).RecordThenAsync(log.Tenant, log.Entry(1), Task<int> () => throw new IOException()));

        (await log.ReadAllAsync()).Select(e => (e.Outcome, e.Reason)).ShouldBe([(AuditOutcome.Success, "because"), (AuditOutcome.Failure, "not_completed")]);
    }
}
