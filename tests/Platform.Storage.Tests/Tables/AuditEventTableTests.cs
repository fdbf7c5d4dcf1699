using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteAuditEventTableTests(SqliteFixture fixture) : AuditEventTableTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresAuditEventTableTests(PostgresFixture fixture) : AuditEventTableTests(fixture);

public abstract class AuditEventTableTests(StorageFixture fixture)
{
    private readonly TenantId _tenant = Samples.New<TenantId>();

    private AuditEventTable Events => fixture.Services.GetRequiredService<AuditEventTable>();

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

    /// <summary>A search for what is rare goes on from where it stopped, and one call never looks at more than a window.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task Find_RareMatchOfTwoConditions_IsFoundWindowByWindow(bool newestFirst)
    {
        const int count = (2 * AuditEventTable.SearchWindow) + 500;
        long[] rare = [7, AuditEventTable.SearchWindow + 250, AuditEventTable.SearchWindow + 251, count - 3];
        foreach (var batch in Enumerable.Range(1, count).Chunk(2_000))
        {
            await Events.AppendAsync([.. batch.Select(number => Event(number))], checkpoint: null, default);
        }

        var filter = new AuditFilter { Target = "usr_1", Action = AuditActions.UserDeleted };
        var found = new List<long>();
        var calls = 0;
        for (AuditPosition? beyond = null; ; calls++)
        {
            var matches = await Events.FindAsync(_tenant, filter, newestFirst, beyond, limit: 10, default);
            found.AddRange(matches.Rows.Select(row => row.Link.Sequence));
            matches.Rows.Select(row => row.Link.Sequence).ShouldAllBe(sequence => beyond == null || (newestFirst ? sequence < beyond.Value.Sequence : sequence > beyond.Value.Sequence));
            if (matches.SearchedTo is not { } to) break;
            if (beyond is { } from) Math.Abs(to.Sequence - from.Sequence).ShouldBe(AuditEventTable.SearchWindow);
            beyond = to;
        }

        found.ShouldBe(newestFirst ? rare.Reverse() : rare);
        calls.ShouldBe(2, "two windows are full, the third is not");
        (await Events.FindAsync(_tenant, filter, newestFirst, beyond: null, limit: 1, default)).ShouldSatisfyAllConditions(
            matches => matches.Rows.ShouldHaveSingleItem(),
            matches => matches.SearchedTo.ShouldBeNull("the page is full: its last row says where to go on"));

        AuditRow Event(int number)
        {
            var row = Samples.Event(_tenant, number);
            return rare.Contains(number) ? row with { Link = row.Link with { Action = AuditActions.UserDeleted } } : row;
        }
    }
}
