using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Directories;

[Collection(SqliteCollection.Name)]
public sealed class SqliteAuditEventsTests(SqliteFixture fixture) : AuditEventsTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresAuditEventsTests(PostgresFixture fixture) : AuditEventsTests(fixture);

public abstract class AuditEventsTests(StorageFixture fixture)
{
    private readonly TenantId _tenant = Samples.New<TenantId>();

    private IAuditEvents Events => fixture.Services.GetRequiredService<IAuditEvents>();

    [Fact]
    public async Task Append_ThenRead_IsTheSame()
    {
        var row = Samples.Event(_tenant);
        await Events.AppendAsync([row], checkpoint: null, default);

        var read = (await Events.ReadAsync(_tenant, 0, 10, 10, default)).ShouldHaveSingleItem();

        read.Link.Hash().ShouldBe(row.Hash);
        read.Hash.ShouldBe(row.Hash);
        read.ActorSealed.ShouldBeNull();
        read.TargetSealed.ShouldBe(row.TargetSealed);
        var head = await Events.FindHeadAsync(_tenant, default);
        head.Sequence.ShouldBe(1);
        head.Hash.ToArray().ShouldBe(row.Hash);
        (await Events.FindHeadAsync(Samples.New<TenantId>(), default)).ShouldBe(AuditHead.Empty);
    }

    /// <summary>Two writers, one number: one has it, and of the other's batch nothing is there.</summary>
    [Fact, Trait("Fault", "F15")]
    public async Task Append_NumberTaken_NothingOfTheBatchIsWritten()
    {
        await Events.AppendAsync([Samples.Event(_tenant, 1), Samples.Event(_tenant, 2)], checkpoint: null, default);

        await Should.ThrowAsync<InvalidOperationException>(() => Events.AppendAsync([Samples.Event(_tenant, 3), Samples.Event(_tenant, 2)], checkpoint: null, default));

        (await Events.FindHeadAsync(_tenant, default)).Sequence.ShouldBe(2);
    }

    [Fact]
    public async Task Checkpoints_AreReadBackByGrowingSequence()
    {
        var checkpoints = Enumerable.Range(1, 5).Select(i => new AuditCheckpoint
        {
            TenantId = _tenant, Sequence = i * 10, Time = Samples.Now.AddTicks(i), Hash = [1, 2], KeyId = "key", Signature = [3],
        }).ToArray();
        foreach (var checkpoint in checkpoints) await Events.AddCheckpointAsync(checkpoint, default);
        await Events.AddCheckpointAsync(checkpoints[0] with { KeyId = "other" }, default);

        var read = await Events.ReadCheckpointsAsync(_tenant, 10, 3, default);

        read.Select(c => c.Sequence).ShouldBe([20, 30, 40]);
        read[0].Time.ShouldBe(checkpoints[1].Time);
        (await Events.ReadCheckpointsAsync(_tenant, 0, 1, default)).ShouldHaveSingleItem().KeyId.ShouldBe("key");
        (await Events.FindLastCheckpointAsync(_tenant, default))!.Sequence.ShouldBe(50);
    }
}
