using Microsoft.Extensions.DependencyInjection;
using Platform.Paging;
using Platform.SecondFactors;
using Platform.Security;
using Platform.Storage.Tests.Hosting;
using Platform.Users;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteUserSearchTests(SqliteFixture fixture) : UserSearchTests(fixture)
{
    private readonly StorageFixture _fixture = fixture;

    /// <summary>Whatever is filtered, a page costs the entries of one index between two ids and the rows that it shows.</summary>
    [Fact]
    public async Task Select_AllFilters_ReadsNothingButOneIndexForTheIds()
    {
        (UserFilter Filter, string Index)[] cases =
        [
            (UserFilter.All, "users_of_tenant (tenant_id=? AND id>?)"),
            (new UserFilter { Status = UserStatus.Active, LastSignInBefore = Samples.Now }, "users_of_tenant (tenant_id=? AND id>?)"),
            (new UserFilter { Status = UserStatus.Disabled }, "users_disabled (tenant_id=? AND id>?)"),
            (new UserFilter { Status = UserStatus.Invited }, "users_invited (tenant_id=? AND id>?)"),
            (new UserFilter { Role = "viewer" }, "users_of_listed_role (tenant_id=? AND listed_role=? AND id>?)"),
            (new UserFilter { SecondFactor = SecondFactorFilter.Sms }, "users_with_second_factor (tenant_id=? AND id>?)"),
            (new UserFilter { SecondFactor = SecondFactorFilter.None, LastSignInBefore = Samples.Now }, "users_without_second_factor (tenant_id=? AND id>?)"),
            (new UserFilter { Status = UserStatus.Disabled, Role = "viewer", SecondFactor = SecondFactorFilter.Totp, LastSignInBefore = Samples.Now }, "users_"),
        ];
        foreach (var (filter, index) in cases)
        {
            var select = UserConditions.Of(filter).Select("id", Samples.New<TenantId>(), "", 51);
            var plan = await _fixture.Services.GetRequiredService<IDatabase>().ReadAsync(new Operation("query", "users"), select with { Sql = "EXPLAIN QUERY PLAN " + select.Sql }, row => row.GetString(3), default);

            plan.ShouldContain(step => step.Contains("USING COVERING INDEX " + index, StringComparison.Ordinal), string.Join('\n', plan));
            plan.ShouldNotContain(step => step.StartsWith("SCAN users", StringComparison.Ordinal) || step.Contains("TEMP B-TREE", StringComparison.Ordinal), string.Join('\n', plan));
        }
    }
}

[Collection(PostgresCollection.Name)]
public sealed class PostgresUserSearchTests(PostgresFixture fixture) : UserSearchTests(fixture);

public abstract class UserSearchTests(StorageFixture fixture)
{
    private readonly TenantId _tenant = Samples.New<TenantId>();
    private readonly UsernameBlindIndex _names = new(IndexKey.Of(new MasterKey(new byte[32])));

    private UserSearch Search => new(fixture.Users, _names);

    [Fact]
    public async Task Find_AnyFilters_ShowsExactlyThoseForWhomAllHoldInOrder()
    {
        var random = new Random(7);
        string?[] roles = ["viewer", "analyst", null];
        var users = new List<UserView>();
        for (var i = 0; i < 80; i++)
        {
            var user = Samples.User(_tenant, $"user{i}") with
            {
                Id = UserId.From(Guid.CreateVersion7(Samples.Now.AddSeconds(i))),
                Status = random.Next(2) == 0 ? UserStatus.Active : UserStatus.Disabled,
                Role = roles[random.Next(3)],
                Permissions = random.Next(2) == 0 ? Permissions.Read : Permissions.Owner,
                SecondFactors = (SecondFactorMethods)random.Next(4),
            };
            await SaveAsync(user);
            if (random.Next(3) > 0)
            {
                user = user with { LastSignInAt = Samples.Now.AddDays(-random.Next(60)) };
                await fixture.Sessions.AddAsync(Samples.Session(_tenant, user.Id, user.LastSignInAt), default);
            }

            users.Add(user);
        }

        await SaveAsync(Samples.User(Samples.New<TenantId>(), "user1"));
        var walked = 0;
        foreach (var status in new UserStatus?[] { null, UserStatus.Active, UserStatus.Disabled })
        {
            foreach (var role in new[] { null, "viewer", "owner", "analyst" })
            {
                foreach (var factor in new SecondFactorFilter?[] { null, SecondFactorFilter.None, SecondFactorFilter.Any, SecondFactorFilter.Totp, SecondFactorFilter.Sms })
                {
                    foreach (var before in new DateTimeOffset?[] { null, Samples.Now.AddDays(-30) })
                    {
                        var filter = new UserFilter { Status = status, Role = role, SecondFactor = factor, LastSignInBefore = before };

                        (await AllAsync(filter, 7)).ShouldBe(users.Where(user => Holds(filter, user)), $"{status} {role} {factor} {before}");
                        walked++;
                    }
                }
            }
        }

        walked.ShouldBe(120);
        users.Where(user => Holds(new UserFilter { Role = "owner", SecondFactor = SecondFactorFilter.Sms, LastSignInBefore = Samples.Now.AddDays(-30) }, user)).ShouldNotBeEmpty("the walk compares something");
    }

    [Fact]
    public async Task Save_AfterASignIn_KeepsItsTimeAndTheLatestCounts()
    {
        var user = Samples.User(_tenant, "ana");
        await SaveAsync(user);
        await fixture.Sessions.AddAsync(Samples.Session(_tenant, user.Id, Samples.Now), default);
        await fixture.Sessions.AddAsync(Samples.Session(_tenant, user.Id, Samples.Now.AddDays(-1)), default);
        await SaveAsync(user with { Status = UserStatus.Disabled });

        (await AllAsync(UserFilter.All)).ShouldHaveSingleItem().LastSignInAt.ShouldBe(Samples.Now);
    }

    [Fact]
    public async Task Find_WholeNameOrAddress_IsComparedWithoutRegardToCaseWithinTheTenant()
    {
        var (ana, ben, cem) = (Samples.User(_tenant, "Ana"), Samples.User(_tenant, "ben"), Samples.User(_tenant, "cem"));
        ben = ben with { Email = "Shared@Example.test" };
        cem = cem with { Email = "shared@example.test" };
        foreach (var user in new[] { ana, ben, cem, Samples.User(Samples.New<TenantId>(), "Ana") }) await SaveAsync(user);

        (await AllAsync(new UserFilter { Username = "ANA" })).ShouldBe([ana]);
        (await AllAsync(new UserFilter { Username = "an" })).ShouldBeEmpty();
        (await AllAsync(new UserFilter { Username = "no name\0" })).ShouldBeEmpty();
        (await AllAsync(new UserFilter { Email = "SHARED@example.TEST" }, 1)).ShouldBe([ben, cem], ignoreOrder: true);
        (await AllAsync(new UserFilter { Email = "shared@example.test", Username = "cem" })).ShouldBe([cem]);
        (await AllAsync(new UserFilter { Email = "shared@example" })).ShouldBeEmpty();

        await SaveAsync(cem with { Email = "other@example.test" });
        (await AllAsync(new UserFilter { Email = "shared@example.test" })).ShouldBe([ben]);
    }

    [Fact]
    public async Task Search_APart_ShowsWhoHasItAsAWholeFirstAndNobodyTwice()
    {
        var users = new[] { "mariana", "Ana", "ben", "joana", "anatol", "ANAÏS" }.Select((name, i) => Samples.User(_tenant, name) with { Id = UserId.From(Guid.CreateVersion7(Samples.Now.AddSeconds(i))), Email = $"m{i}@example.test" }).ToArray();
        users[2] = users[2] with { Email = "b@ana.example" };
        foreach (var user in users) await SaveAsync(user);

        foreach (var limit in new[] { 1, 2, 3, 200 }) (await AllAsync(new UserFilter { Search = "ana" }, limit)).ShouldBe([users[1], users[0], users[2], users[3], users[4], users[5]], $"{limit}");
        (await AllAsync(new UserFilter { Search = "B@ANA.example" })).ShouldBe([users[2]]);
        (await AllAsync(new UserFilter { Search = "ANA", Status = UserStatus.Disabled })).ShouldBeEmpty();
        (await AllAsync(new UserFilter { Search = "%" })).ShouldBeEmpty();
        (await AllAsync(new UserFilter { Search = "_" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Search_InMoreRowsThanAPageOpens_GoesOnWhereItStopped()
    {
        var count = (2 * Pages.Opened) + 100;
        var users = Enumerable.Range(0, count).Select(i => Samples.User(_tenant, $"user{i:D4}") with { Id = UserId.From(Guid.CreateVersion7(Samples.Now.AddSeconds(i))) }).ToArray();
        await Parallel.ForEachAsync(users, async (user, _) => await SaveAsync(user));
        var pages = new List<Page<UserView>>();
        string? after = null;
        do
        {
            pages.Add(await Search.FindAsync(_tenant, new UserFilter { Search = "er1099" }, new PageRequest(50, after), default));
            after = pages[^1].Next;
        }
        while (after is not null);

        pages.Select(page => page.Items.Length).ShouldBe([0, 0, 1], "two pages opened all that they may and found nobody");
        pages[^1].Items.ShouldBe([users[1099]]);
        (await Search.FindAsync(_tenant, new UserFilter { Search = "user1099" }, new PageRequest(50, null), default)).Items.ShouldBe([users[1099]], "a whole name is found at once");
    }

    private static bool Holds(UserFilter filter, UserView user) =>
        (filter.Status is null || user.Status == filter.Status)
        && (filter.Role is null || user.EffectiveRole == filter.Role)
        && (filter.LastSignInBefore is null || user.LastSignInAt is null || user.LastSignInAt < filter.LastSignInBefore)
        && filter.SecondFactor switch
        {
            SecondFactorFilter.None => user.SecondFactors == SecondFactorMethods.None,
            SecondFactorFilter.Any => user.SecondFactors != SecondFactorMethods.None,
            SecondFactorFilter.Totp => user.SecondFactors!.Value.HasFlag(SecondFactorMethods.Totp),
            SecondFactorFilter.Sms => user.SecondFactors!.Value.HasFlag(SecondFactorMethods.Sms),
            _ => true,
        };

    private Task SaveAsync(UserView user) =>
        fixture.Users.SaveAsync(user, _names.Of(user.TenantId, user.Username.ToLowerInvariant()), _names.OfEmail(user.TenantId, EmailAddresses.Comparable(user.Email)), default);

    private Task<List<UserView>> AllAsync(UserFilter filter, int limit = 200) => Samples.AllAsync(limit, page => Search.FindAsync(_tenant, filter, page, default));
}
