using Platform.Storage.Tests.Hosting;
using Platform.Users;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteUserDirectoryTests(SqliteFixture fixture) : UserTableTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresUserDirectoryTests(PostgresFixture fixture) : UserTableTests(fixture);

public abstract class UserTableTests(StorageFixture fixture)
{
    private readonly TenantId _tenant = Samples.New<TenantId>();

    [Fact]
    public async Task ListHolders_FindsUsersOfTheRoleInTheTenantActiveOnesFirst()
    {
        var tenant = Samples.New<TenantId>();
        var disabled = Samples.User(tenant, "a") with { Role = "analyst", Status = UserStatus.Disabled };
        var active = Samples.User(tenant, "b") with { Role = "analyst" };
        UserView[] others = [Samples.User(tenant, "c"), Samples.User(tenant, "d") with { Role = "viewer" }, Samples.User(Samples.New<TenantId>(), "e") with { Role = "analyst" }];
        foreach (var user in others.Append(disabled).Append(active)) await fixture.Users.SaveAsync(user, user.Username, default);

        (await fixture.Users.ListHoldersAsync(tenant, "analyst", 10, default)).ShouldBe([active.Id, disabled.Id]);
        (await fixture.Users.ListHoldersAsync(tenant, "analyst", 1, default)).ShouldBe([active.Id]);
        (await fixture.Users.ListHoldersAsync(tenant, "owner", 10, default)).ShouldBeEmpty();

        await fixture.Users.SaveAsync(active with { Role = null }, active.Username, default);
        await fixture.Users.RemoveAsync(disabled.Id, default);
        (await fixture.Users.ListHoldersAsync(tenant, "analyst", 10, default)).ShouldBeEmpty();
        (await fixture.Users.ListAsync(tenant, UserConditions.None, new PageRequest(10, null), default)).Items.Select(user => user.Username).ShouldBe(["b", "c", "d"], ignoreOrder: true);
    }

    [Fact]
    public async Task Save_ThenList_IsTheSame()
    {
        var user = Samples.User(_tenant, "Ana");
        await fixture.Users.SaveAsync(user, "ana", default);
        var changed = user with
        {
            Status = UserStatus.Disabled,
            Permissions = Permissions.Read,
            PasswordChangedAt = Samples.Now.AddDays(1),
            EmailVerified = true,
            PendingEmail = "new@example.test",
            PendingEmailUntil = Samples.Now.AddDays(2),
        };
        await fixture.Users.SaveAsync(changed, "ana", default);

        (await AllAsync(200)).ShouldBe([changed]);
    }

    [Fact]
    public async Task Save_NameOfAnotherUser_IsRefusedWithinTheTenantOnly()
    {
        await fixture.Users.SaveAsync(Samples.User(_tenant, "Ana"), "ana", default);
        await fixture.Users.SaveAsync(Samples.User(Samples.New<TenantId>(), "Ana"), "ana", default);

        await Should.ThrowAsync<InvalidOperationException>(() => fixture.Users.SaveAsync(Samples.User(_tenant, "ANA"), "ana", default));
    }

    [Fact]
    public async Task List_OtherTenant_IsEmpty()
    {
        await fixture.Users.SaveAsync(Samples.User(_tenant, "Ana"), "ana", default);

        (await fixture.Users.ListAsync(Samples.New<TenantId>(), UserConditions.None, new PageRequest(10, null), default)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_IsInTheOrderInWhichTheyWereMade()
    {
        var users = new[] { "Z", "a", "ä", "B", "世" }.Select((name, i) => Samples.User(_tenant, name) with { Id = UserId.From(Guid.CreateVersion7(Samples.Now.AddSeconds(i))) }).ToList();
        foreach (var user in users.AsEnumerable().Reverse()) await fixture.Users.SaveAsync(user, user.Username, default);

        (await AllAsync(2)).ShouldBe(users);
    }

    [Fact]
    public async Task Find_ByIndex_IsTheOneOfTheTenant()
    {
        var ana = Samples.User(_tenant, "Ana");
        await fixture.Users.SaveAsync(ana, "ana", default);
        await fixture.Users.SaveAsync(Samples.User(_tenant, "Bob"), "bob", default);
        await fixture.Users.SaveAsync(Samples.User(Samples.New<TenantId>(), "Ana"), "ana", default);

        (await fixture.Users.ListAsync(_tenant, UserConditions.None.WithName("ana"), new PageRequest(10, null), default)).Items.ShouldBe([ana]);
        (await fixture.Users.ListAsync(_tenant, UserConditions.None.WithName("eve"), new PageRequest(10, null), default)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_WhileOthersInsert_HasNoGapAndNoDuplicate()
    {
        // Even ones are there before the reader begins, odd ones arrive in between: every even one is seen exactly once.
        var users = Enumerable.Range(0, 200).Select(i => Samples.User(_tenant, $"user{i:D4}")).ToArray();
        foreach (var user in users.Where((_, i) => i % 2 == 0)) await fixture.Users.SaveAsync(user, user.Username, default);
        var arriving = new Queue<UserView>(users.Where((_, i) => i % 2 == 1).Reverse());

        var seen = await Samples.AllAsync(7, async page =>
        {
            await Task.WhenAll(Enumerable.Range(0, 5).Where(_ => arriving.Count > 0).Select(_ => arriving.Dequeue())
                .Select(user => fixture.Users.SaveAsync(user, user.Username, default)));
            return await fixture.Users.ListAsync(_tenant, UserConditions.None, page, default);
        });

        var listed = seen.Select(user => user.Id.ToString()).ToList();
        listed.ShouldBe(listed.Distinct().Order(StringComparer.Ordinal));
        users.Where((_, i) => i % 2 == 0).Except(seen).ShouldBeEmpty();
    }

    private Task<List<UserView>> AllAsync(int limit) => Samples.AllAsync(limit, page => fixture.Users.ListAsync(_tenant, UserConditions.None, page, default));
}
