using Platform.Grains.Tests.Hosting;
using Platform.Users;

namespace Platform.Grains.Tests.Tenants;

/// <summary>Whatever way they go, and however many at once, somebody who can manage users stays (threat T46).</summary>
public sealed class LastManagerTests(CheapHashFixture fixture) : IClassFixture<CheapHashFixture>
{
    private static readonly UserChange Down = new() { Permissions = Permissions.Read };

    private SiloHost Silo => fixture.Silo;

    [Fact, Trait("Threat", "T46")]
    public async Task Last_ByEveryWay_Stays()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        var user = Silo.Grains.User(owner.UserId);
        (await user.ChangeAsync(owner, Down, default)).Refusal.ShouldBe(Refusal.LastManager);
        (await user.ChangeAsync(owner, new UserChange { Role = "viewer" }, default)).Refusal.ShouldBe(Refusal.LastManager);
        (await user.ChangeAsync(owner, new UserChange { Status = UserStatus.Disabled }, default)).Refusal.ShouldBe(Refusal.LastManager);
        (await user.DeleteAsync(owner, default)).Refusal.ShouldBe(Refusal.LastManager);
        await ShouldHaveAManagerAsync(owner);
    }

    [Fact, Trait("Threat", "T46")]
    public async Task Last_WhoManagesByARole_KeepsItAndTheRoleKeepsTheRight()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var roles = Silo.Grains.TenantRoles(tenant.Id);
        await roles.AddAsync(owner, new Role("chief", Permissions.Owner), takenOver: false, default);
        var user = Silo.Grains.User(owner.UserId);
        (await user.ChangeAsync(owner, new UserChange { Role = "chief" }, default)).Value!.Permissions.ShouldBe(Permissions.Owner);

        (await roles.ChangeAsync(owner, new Role("chief", Permissions.Read), default)).Refusal.ShouldBe(Refusal.LastManager);
        (await roles.RemoveAsync(owner, "chief", default)).Refusal.ShouldBe(Refusal.RoleInUse);
        (await user.DeleteAsync(owner, default)).Refusal.ShouldBe(Refusal.LastManager);

        await Silo.NewUserAsync(owner, "second", Permissions.Owner);
        (await roles.ChangeAsync(owner, new Role("chief", Permissions.Read), default)).Value.ShouldNotBeNull();
        await ShouldHaveAManagerAsync(owner);
    }

    [Fact, Trait("Threat", "T46")]
    public async Task Role_ThatComesToManageUsers_LetsTheOthersGo()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var roles = Silo.Grains.TenantRoles(tenant.Id);
        await roles.AddAsync(owner, new Role("team", Permissions.Read), takenOver: false, default);
        var bob = await Silo.NewUserAsync(owner, "bob", role: "team");
        var user = Silo.Grains.User(owner.UserId);
        (await user.ChangeAsync(owner, Down, default)).Refusal.ShouldBe(Refusal.LastManager);

        (await roles.ChangeAsync(owner, new Role("team", Permissions.Read | Permissions.ManageUsers), default)).Value.ShouldNotBeNull();
        (await user.ChangeAsync(owner, Down, default)).Value.ShouldNotBeNull();
        (await Silo.Grains.User(bob.Id).DeleteAsync(owner, default)).Refusal.ShouldBe(Refusal.LastManager);
        await ShouldHaveAManagerAsync(owner);
    }

    /// <summary>Managers by permission, by a built-in and by an own role; all at once everybody is removed by some way while the role changes to and fro.</summary>
    [Fact, Trait("Threat", "T46")]
    public async Task All_GoAtOnceByEveryWay_SomebodyStays()
    {
        for (var round = 0; round < 6; round++)
        {
            var (tenant, owner) = await Silo.NewTenantAsync();
            var roles = Silo.Grains.TenantRoles(tenant.Id);
            await roles.AddAsync(owner, new Role("chief", Permissions.Owner), takenOver: false, default);
            var users = new List<UserId> { owner.UserId };
            for (var i = 0; i < 3; i++)
            {
                users.Add((await Silo.NewUserAsync(owner, $"permitted{i}", Permissions.Owner)).Id);
                users.Add((await Silo.NewUserAsync(owner, $"built{i}", role: "owner")).Id);
                users.Add((await Silo.NewUserAsync(owner, $"own{i}", role: "chief")).Id);
            }

            var leaving = users.Select(async (id, i) => (i % 4) switch
            {
                0 => (await Silo.Grains.User(id).ChangeAsync(owner, Down, default)).Refusal,
                1 => (await Silo.Grains.User(id).ChangeAsync(owner, new UserChange { Status = UserStatus.Disabled }, default)).Refusal,
                2 => (await Silo.Grains.User(id).DeleteAsync(owner, default)).Refusal,
                _ => (await Silo.Grains.User(id).ChangeAsync(owner, new UserChange { Role = "viewer" }, default)).Refusal,
            });
            var changing = Enumerable.Range(0, 8).Select(async i =>
                (await roles.ChangeAsync(owner, new Role("chief", i % 2 == 0 ? Permissions.Read : Permissions.Owner), default)).Refusal);
            var refusals = await Task.WhenAll(leaving.Concat(changing));

            refusals.ShouldAllBe(refusal => refusal == Refusal.None || refusal == Refusal.LastManager);
            await ShouldHaveAManagerAsync(owner);
        }
    }

    /// <summary>Asked of the users themselves, not of what the tenant believes.</summary>
    private async Task ShouldHaveAManagerAsync(Actor owner)
    {
        var listed = (await Silo.Grains.Listing().ListUsersAsync(owner, owner.TenantId, UserFilter.All, new PageRequest(200, null), default)).Value!.Items;
        var users = await Task.WhenAll(listed.Select(user => Silo.Grains.User(user.Id).GetAsync(owner, default)));
        users.ShouldContain(user => user.Value!.Status == UserStatus.Active && user.Value.Permissions.HasFlag(Permissions.ManageUsers));
    }
}
