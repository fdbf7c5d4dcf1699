using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Platform.Security;
using Platform.Storage.Tests.Hosting;
using Platform.Storage.Tests.Tables;
using Platform.Users;

namespace Platform.Storage.Tests.GrainStorage;

[Collection(SqliteCollection.Name)]
public sealed class SqlitePersonalRowsTests(SqliteFixture fixture) : PersonalRowsTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresPersonalRowsTests(PostgresFixture fixture) : PersonalRowsTests(fixture);

/// <summary>What is about one person, as it lies in either database, and what is left of it when the person's key is destroyed.</summary>
public abstract class PersonalRowsTests(StorageFixture fixture)
{
    private const string Name = "Zeisig-Wacholder";

    private readonly TenantId _tenant = Samples.New<TenantId>();

    [Fact, Trait("Threat", "T52")]
    public async Task Write_PersonalState_LiesSealedAndIsReadBack()
    {
        var id = Samples.New<UserId>();
        var written = new TestState<StoredUser> { State = new StoredUser { TenantId = _tenant, Username = Name, Email = Name + "@example.test" } };
        await fixture.Storage.WriteStateAsync("user", Id(id), written);

        var read = new TestState<StoredUser>();
        await fixture.Storage.ReadStateAsync("user", Id(id), read);

        (read.State.Username, read.State.Email, read.ETag, read.RecordExists).ShouldBe((written.State.Username, written.State.Email, written.ETag, true));
        var payload = Encoding.UTF8.GetString((await fixture.PayloadsAsync(id.ToString())).ShouldHaveSingleItem());
        payload.ShouldContain(id.ToString());
        payload.ShouldNotContain(Name);
        payload.ShouldNotContain("username");
    }

    [Fact, Trait("Threat", "T52")]
    public async Task Destroy_OfOneUser_TakesStateAndRowsAndLeavesTheOthers()
    {
        var (gone, kept) = (Samples.User(_tenant, "gone"), Samples.User(_tenant, "kept"));
        var (goneSession, keptSession) = (Samples.Session(_tenant, gone.Id), Samples.Session(_tenant, kept.Id));
        foreach (var (user, session) in new[] { (gone, goneSession), (kept, keptSession) })
        {
            await fixture.Storage.WriteStateAsync("user", Id(user.Id), new TestState<StoredUser> { State = new StoredUser { Username = user.Username } });
            await fixture.Users.SaveAsync(user, user.Username, default);
            await fixture.Sessions.AddAsync(session, default);
        }

        await fixture.Services.GetRequiredService<DataKeys>().DestroyAsync(gone.Id.ToString(), default);

        var state = new TestState<StoredUser>();
        await fixture.Storage.ReadStateAsync("user", Id(gone.Id), state);
        state.RecordExists.ShouldBeFalse();
        (await fixture.PayloadsAsync(gone.Id.ToString())).ShouldBeEmpty();
        (await fixture.Users.ListAsync(_tenant, UserConditions.None, new PageRequest(10, null), default)).Items.ShouldBe([kept with { LastSignInAt = Samples.Now }]);
        (await fixture.Users.ListAsync(_tenant, UserConditions.None.WithName("gone"), new PageRequest(10, null), default)).Items.ShouldBeEmpty();
        (await fixture.Sessions.ListAsync(_tenant, gone.Id, new PageRequest(10, null), default)).Items.ShouldBeEmpty();
        (await fixture.Sessions.ListOpenAsync(_tenant, new PageRequest(10, null), default)).Items.ShouldHaveSingleItem().Ip.ShouldBe("192.0.2.1");
        await Should.ThrowAsync<StorageUnavailableException>(() => fixture.Users.SaveAsync(gone, "gone", default));
        await Should.ThrowAsync<StorageUnavailableException>(() => fixture.Sessions.AddAsync(Samples.Session(_tenant, gone.Id), default));
    }

    [Fact, Trait("Threat", "T52")]
    public async Task Save_NameOfSomebodyErasedWhoseRowCameBack_TakesItsPlace()
    {
        var (gone, next) = (Samples.User(_tenant, "gone"), Samples.User(_tenant, "gone"));
        await fixture.Users.SaveAsync(gone, "index", default);
        await Should.ThrowAsync<InvalidOperationException>(() => fixture.Users.SaveAsync(next, "index", default));

        await fixture.Services.GetRequiredService<DataKeys>().DestroyAsync(gone.Id.ToString(), default);
        await fixture.Users.SaveAsync(next, "index", default);

        (await fixture.Users.ListAsync(_tenant, UserConditions.None, new PageRequest(10, null), default)).Items.ShouldBe([next]);
    }

    [Fact, Trait("Fault", "F16")]
    public async Task List_OneRowDamagedOrSwapped_ShowsTheOthers()
    {
        var users = Enumerable.Range(0, 3).Select(i => Samples.User(_tenant, $"user{i}")).ToArray();
        foreach (var user in users) await fixture.Users.SaveAsync(user, user.Username, default);
        var sessions = users.Take(2).Select(_ => Samples.Session(_tenant, users[0].Id)).ToArray();
        foreach (var session in sessions) await fixture.Sessions.AddAsync(session, default);

        await fixture.ExecuteAsync($"UPDATE users SET personal = (SELECT personal FROM users WHERE id = '{users[0].Id}') WHERE id = '{users[1].Id}'");
        await fixture.ExecuteAsync($"UPDATE sessions SET client = (SELECT client FROM sessions WHERE id = '{sessions[0].Id}') WHERE id = '{sessions[1].Id}'");

        (await fixture.Users.ListAsync(_tenant, UserConditions.None, new PageRequest(10, null), default)).Items.ShouldBe([users[0] with { LastSignInAt = Samples.Now }, users[2]], ignoreOrder: true);
        (await fixture.Sessions.ListAsync(_tenant, users[0].Id, new PageRequest(10, null), default)).Items.Select(session => (session.Id, session.Client.Ip))
            .ShouldBe([(sessions[1].Id, null), (sessions[0].Id, "192.0.2.1")], ignoreOrder: true);
    }

    [Fact]
    public async Task List_PageOfManyUsers_OpensEach()
    {
        var users = Enumerable.Range(0, 200).Select(i => Samples.User(_tenant, $"user{i}")).ToArray();
        await Parallel.ForEachAsync(users, async (user, _) => await fixture.Users.SaveAsync(user, user.Username, default));

        (await fixture.Users.ListAsync(_tenant, UserConditions.None, new PageRequest(200, null), default)).Items.ShouldBe(users, ignoreOrder: true);
    }

    private static GrainId Id(UserId id) => GrainId.Create("test", id.ToString());
}
