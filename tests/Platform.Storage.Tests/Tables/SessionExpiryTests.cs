using System.Collections.Concurrent;
using Platform.Replicas;
using Platform.Sessions;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteSessionExpiryTests(SqliteFixture fixture) : SessionExpiryTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresSessionExpiryTests(PostgresFixture fixture) : SessionExpiryTests(fixture);

/// <summary>What the sweeper finds. The table is shared with other tests, whose sessions count as made under a clock ahead in the year of these: they go first.</summary>
public abstract class SessionExpiryTests(StorageFixture fixture) : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentQueue<SessionId> _added = [];

    private SessionTable Sessions => fixture.Sessions;

    public async ValueTask InitializeAsync()
    {
        await fixture.ExecuteAsync("DELETE FROM sessions");

        // A search that finds nothing makes the next one begin anew, wherever the test before has left it.
        await FindAsync(Start);
    }

    public async ValueTask DisposeAsync() => await Sessions.RemoveAsync([.. _added], default);

    [Fact]
    public async Task FindExpired_IdleSession_IsFoundFromItsEndOn()
    {
        var id = await AddAsync(Start);
        var end = Start + Samples.Policy.IdleTimeout;

        (await FindAsync(end.AddTicks(-1))).ShouldBeEmpty();
        (await FindAsync(end)).ShouldBe([id]);
        (await FindAsync(end)).ShouldBe([id], "it stays due until somebody ends or removes it");
    }

    [Fact]
    public async Task FindExpired_ActiveSession_IsFoundAtItsLaterEnd()
    {
        var id = await AddAsync(Start);
        for (var minute = 10; minute <= 40; minute += 10)
        {
            await Sessions.SaveActivityAsync([new SessionActivity(id, Start.AddMinutes(minute))], default);
            (await FindAsync(Start.AddMinutes(minute + 6))).ShouldBeEmpty();
        }

        (await FindAsync(Start.AddMinutes(55).AddTicks(-1))).ShouldBeEmpty();
        (await FindAsync(Start.AddMinutes(55))).ShouldBe([id]);
    }

    [Fact]
    public async Task FindExpired_ActiveSession_IsFoundAtItsAbsoluteEnd()
    {
        var id = await AddAsync(Start);
        await Sessions.SaveActivityAsync([new SessionActivity(id, Start.AddHours(8).AddSeconds(-1))], default);

        (await FindAsync(Start.AddHours(8).AddTicks(-1))).ShouldBeEmpty();
        (await FindAsync(Start.AddHours(8))).ShouldBe([id]);
    }

    [Fact]
    public async Task FindExpired_EndedSession_IsNotFound()
    {
        var id = await AddAsync(Start);
        await Sessions.EndAsync(id, SessionState.SignedOut, Start.AddMinutes(1), default);

        (await FindAsync(Start.AddHours(9))).ShouldBeEmpty();
    }

    [Fact]
    public async Task FindExpired_ManyLiveOnesInFront_DoNotHideTheDead()
    {
        var alive = new ConcurrentBag<SessionId>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 1100), async (_, _) => alive.Add(await AddAsync(Start)));
        var sorted = alive.OrderBy(id => id.ToString(), StringComparer.Ordinal);
        await Sessions.SaveActivityAsync([.. sorted.Select(id => new SessionActivity(id, Start.AddMinutes(30)))], default);
        var dead = await AddAsync(Start.AddSeconds(1));

        (await FindAsync(Start.AddMinutes(20), limit: 5)).ShouldBe([dead]);
        (await FindAsync(Start.AddMinutes(45), limit: 2000)).Count.ShouldBe(1101, "none was moved past its end");
    }

    [Fact]
    [Trait("Fault", "F16")]
    public async Task FindExpired_RowsThatNobodyCanEnd_DoNotStarveTheOthers()
    {
        for (var i = 0; i < 25; i++) await AddAsync(Start.AddSeconds(i));
        var found = new List<SessionId>();
        for (var batch = 0; batch < 3; batch++) found.AddRange(await FindAsync(Start.AddHours(1), limit: 10));

        found.ShouldBe(_added, ignoreOrder: true);
        (await FindAsync(Start.AddHours(1), limit: 10)).ShouldBe(_added.Take(10));
    }

    [Fact]
    public async Task FindEnded_ReturnsThoseEndedBefore()
    {
        var tenant = Samples.New<TenantId>();
        var (early, late, live, other) = (await AddAsync(Start, tenant), await AddAsync(Start, tenant), await AddAsync(Start, tenant), await AddAsync(Start));
        await Sessions.EndAsync(other, SessionState.Revoked, Start.AddHours(1), default);
        await Sessions.EndAsync(early, SessionState.Revoked, Start.AddHours(1), default);
        await Sessions.EndAsync(late, SessionState.Revoked, Start.AddHours(3), default);

        (await Sessions.FindEndedAsync(tenant, Start.AddHours(2), 10, default)).ShouldBe([early]);
        (await Sessions.FindEndedAsync(tenant, Start.AddHours(4), 10, default)).ShouldBe([early, late]);
        live.ShouldNotBe(late);
    }

    private async Task<SessionId> AddAsync(DateTimeOffset createdAt, TenantId? tenant = null)
    {
        var row = Samples.Session(tenant ?? Samples.New<TenantId>(), Samples.New<UserId>(), createdAt);
        await Sessions.AddAsync(row, default);
        _added.Enqueue(row.Id);
        return row.Id;
    }

    private Task<IReadOnlyList<SessionId>> FindAsync(DateTimeOffset now, int limit = 100) => Sessions.FindExpiredAsync(now, limit, default);
}
