using Platform.Directory;
using Platform.Storage.Tests.Hosting;
using Platform.Users;

namespace Platform.Storage.Tests.Directories;

[Collection(SqliteCollection.Name)]
public sealed class SqliteUserDirectoryTests(SqliteFixture fixture) : UserDirectoryTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresUserDirectoryTests(PostgresFixture fixture) : UserDirectoryTests(fixture);

public abstract class UserDirectoryTests(StorageFixture fixture)
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
        (await fixture.Users.ListAsync(tenant, new PageRequest(10, null), default)).Items.Select(user => user.Username).ShouldBe(["b", "c", "d"]);
    }

    [Fact]
    public async Task Save_ThenList_IsTheSame()
    {
        var user = Samples.User(_tenant, "Ana");
        await fixture.Users.SaveAsync(user, "ana", default);
        var changed = user with { Status = UserStatus.Disabled, Permissions = Permissions.Read, PasswordChangedAt = Samples.Now.AddDays(1) };
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

        (await fixture.Users.ListAsync(Samples.New<TenantId>(), new PageRequest(10, null), default)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_IsOrderedByBytesOfTheNormalisedName()
    {
        string[] names = ["B", "Z", "a", "a b", "ab", "z", "ä", "é", "世"];
        foreach (var name in names.Reverse()) await fixture.Users.SaveAsync(Samples.User(_tenant, name), name, default);

        (await AllAsync(2)).Select(user => user.Username).ShouldBe(names);
    }

    [Fact]
    public async Task List_WhileOthersInsert_HasNoGapAndNoDuplicate()
    {
        // Even names are there before the reader begins, odd ones arrive in between: every even one is seen exactly once.
        var names = Enumerable.Range(0, 200).Select(i => $"user{i:D4}").ToArray();
        foreach (var name in names.Where((_, i) => i % 2 == 0)) await fixture.Users.SaveAsync(Samples.User(_tenant, name), name, default);
        var arriving = new Queue<string>(names.Where((_, i) => i % 2 == 1).Reverse());

        var seen = await Samples.AllAsync(7, async page =>
        {
            await Task.WhenAll(Enumerable.Range(0, 5).Where(_ => arriving.Count > 0).Select(_ => arriving.Dequeue())
                .Select(name => fixture.Users.SaveAsync(Samples.User(_tenant, name), name, default)));
            return await fixture.Users.ListAsync(_tenant, page, default);
        });

        var listed = seen.Select(user => user.Username).ToList();
        listed.ShouldBe(listed.Distinct().Order(StringComparer.Ordinal));
        names.Where((_, i) => i % 2 == 0).Except(listed).ShouldBeEmpty();
    }

    private Task<List<UserView>> AllAsync(int limit) => Samples.AllAsync(limit, page => fixture.Users.ListAsync(_tenant, page, default));
}
