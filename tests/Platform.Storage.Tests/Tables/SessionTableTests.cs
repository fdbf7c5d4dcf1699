using Platform.Replicas;
using Platform.Sessions;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteSessionDirectoryTests(SqliteFixture fixture) : SessionTableTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresSessionDirectoryTests(PostgresFixture fixture) : SessionTableTests(fixture);

public abstract class SessionTableTests(StorageFixture fixture)
{
    private readonly TenantId _tenant = Samples.New<TenantId>();
    private readonly UserId _user = Samples.New<UserId>();

    private SessionTable Sessions => fixture.Sessions;

    [Fact]
    public async Task Add_ThenList_ShowsTheSession()
    {
        var row = Samples.Session(_tenant, _user);
        await Sessions.AddAsync(row, default);
        await Sessions.AddAsync(row, default);

        (await AllAsync(200)).ShouldBe([new SessionListing
        {
            Id = row.Id,
            CreatedAt = row.CreatedAt,
            LastActivityAt = row.CreatedAt,
            IdleExpiresAt = row.CreatedAt + row.Policy.IdleTimeout,
            AbsoluteExpiresAt = row.CreatedAt + row.Policy.AbsoluteTimeout,
            Client = row.Client,
            State = SessionState.Live,
            EndedAt = null,
        }]);
    }

    [Fact]
    public async Task Add_UnknownClient_IsKeptAsUnknown()
    {
        await Sessions.AddAsync(Samples.Session(_tenant, _user) with { Client = new ClientInfo(null, null) }, default);

        (await AllAsync(200)).ShouldHaveSingleItem().Client.ShouldBe(new ClientInfo(null, null));
    }

    [Fact]
    public async Task End_FirstReasonStays()
    {
        var row = await AddAsync();
        await Sessions.EndAsync(row.Id, SessionState.Revoked, Samples.Now.AddMinutes(1), default);
        await Sessions.EndAsync(row.Id, SessionState.SignedOut, Samples.Now.AddMinutes(2), default);

        var listed = (await AllAsync(200)).ShouldHaveSingleItem();
        (listed.State, listed.EndedAt).ShouldBe((SessionState.Revoked, Samples.Now.AddMinutes(1)));
    }

    [Fact]
    public async Task FindEnd_OfAnEndedOneOnly_ReturnsOwnerAndReason()
    {
        var row = await AddAsync();
        (await Sessions.FindEndAsync(row.Id, default)).ShouldBeNull();
        await Sessions.EndAsync(row.Id, SessionState.Idle, Samples.Now.AddMinutes(1), default);
        (await Sessions.FindEndAsync(row.Id, default)).ShouldBe(new SessionEnd(_tenant, _user, SessionState.Idle));
        (await Sessions.FindEndAsync(Samples.New<SessionId>(), default)).ShouldBeNull();
    }

    [Fact]
    public async Task Activity_NeverGoesBack()
    {
        var row = await AddAsync();
        (await Sessions.FindActivityAsync(row.Id, default)).ShouldBeNull();
        foreach (var minute in (int[])[3, 5, 4, 1]) await Sessions.SaveActivityAsync([new SessionActivity(row.Id, Samples.Now.AddMinutes(minute).AddTicks(1))], default);

        (await Sessions.FindActivityAsync(row.Id, default)).ShouldBe(Samples.Now.AddMinutes(5).AddTicks(1));
        (await AllAsync(200)).ShouldHaveSingleItem().LastActivityAt.ShouldBe(Samples.Now.AddMinutes(5).AddTicks(1));
    }

    [Fact]
    public async Task Activity_IdleExpiryNeverPassesTheAbsoluteOne()
    {
        var row = await AddAsync();
        await Sessions.SaveActivityAsync([new SessionActivity(row.Id, Samples.Now.AddHours(7.9))], default);

        (await AllAsync(200)).ShouldHaveSingleItem().IdleExpiresAt.ShouldBe(Samples.Now.AddHours(8));
    }

    [Fact]
    public async Task Activity_OfARemovedSession_LeavesNoOrphanAndKeepsTheRest()
    {
        var (gone, kept) = (await AddAsync(), await AddAsync());
        await Sessions.RemoveAsync([gone.Id], default);
        await Sessions.SaveActivityAsync([new SessionActivity(gone.Id, Samples.Now), new SessionActivity(kept.Id, Samples.Now)], default);

        (await Sessions.FindActivityAsync(gone.Id, default)).ShouldBeNull();
        (await Sessions.FindActivityAsync(kept.Id, default)).ShouldBe(Samples.Now);
    }

    [Fact]
    public async Task Activity_OverlappingBatchesAndRemovals_AllSucceed()
    {
        var rows = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => AddAsync()));
        var batch = rows.Select(row => row.Id).OrderBy(id => id.ToString(), StringComparer.Ordinal).ToList();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(minute => minute == 10
            ? Sessions.RemoveAsync([.. batch.Take(50).Reverse()], default)
            : Sessions.SaveActivityAsync([.. batch.Select(id => new SessionActivity(id, Samples.Now.AddMinutes(minute)))], default)));

        foreach (var id in batch.Skip(50)) (await Sessions.FindActivityAsync(id, default)).ShouldBe(Samples.Now.AddMinutes(19));
        foreach (var id in batch.Take(50)) (await Sessions.FindActivityAsync(id, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Activity_EmptyBatch_DoesNothing() => await Sessions.SaveActivityAsync([], default);

    [Fact]
    public async Task List_IsNewestFirstByPrintedId()
    {
        var ids = new List<string>();
        for (var i = 0; i < 10; i++) ids.Add((await AddAsync()).Id.ToString());

        (await AllAsync(3)).Select(session => session.Id.ToString()).ShouldBe(ids.OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public async Task List_OtherUserOrOtherTenant_IsEmpty()
    {
        await AddAsync();

        (await Sessions.ListAsync(_tenant, Samples.New<UserId>(), new PageRequest(10, null), default)).Items.ShouldBeEmpty();
        (await Sessions.ListAsync(Samples.New<TenantId>(), _user, new PageRequest(10, null), default)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_WhileSessionsAreOpened_HasNoGapAndNoDuplicate()
    {
        var before = new List<SessionId>();
        for (var i = 0; i < 40; i++) before.Add((await AddAsync()).Id);

        var seen = await Samples.AllAsync(6, async page =>
        {
            await Task.WhenAll(AddAsync(), AddAsync(), AddAsync());
            return await Sessions.ListAsync(_tenant, _user, page, default);
        });

        seen.Select(session => session.Id).ShouldBeUnique();
        before.Except(seen.Select(session => session.Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ListOpen_ManyUsers_HasEveryOpenSessionOfTheTenantOnce()
    {
        var open = new List<SessionId>();
        for (var i = 0; i < 12; i++)
        {
            var row = Samples.Session(_tenant, i % 3 == 0 ? _user : Samples.New<UserId>());
            await Sessions.AddAsync(row, default);
            if (i % 4 == 0) await Sessions.EndAsync(row.Id, SessionState.SignedOut, Samples.Now, default);
            else open.Add(row.Id);
        }

        await Sessions.AddAsync(Samples.Session(Samples.New<TenantId>(), _user), default);

        var listed = await Samples.AllAsync(2, page => Sessions.ListOpenAsync(_tenant, page, default));
        listed.Select(session => session.Id).ShouldBe(open, ignoreOrder: true);
        listed.ShouldAllBe(session => session.Ip == "192.0.2.1");
    }

    [Fact]
    public async Task Remove_TakesRowAndActivity()
    {
        var row = await AddAsync();
        await Sessions.SaveActivityAsync([new SessionActivity(row.Id, Samples.Now)], default);
        await Sessions.RemoveAsync([row.Id, Samples.New<SessionId>()], default);

        (await AllAsync(200)).ShouldBeEmpty();
        (await Sessions.FindActivityAsync(row.Id, default)).ShouldBeNull();
    }

    private async Task<SessionRow> AddAsync()
    {
        var row = Samples.Session(_tenant, _user);
        await Sessions.AddAsync(row, default);
        return row;
    }

    private Task<List<SessionListing>> AllAsync(int limit) => Samples.AllAsync(limit, page => Sessions.ListAsync(_tenant, _user, page, default));
}
