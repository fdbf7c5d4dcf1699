using Platform.Grains.Tests.Hosting;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Grains.Tests.Tenants;

public sealed class RoleTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private static readonly PageRequest All = new(200, null);

    private SiloHost Silo => fixture.Silo;

    [Fact]
    public async Task Add_ThenList_ShowsItAmongTheBuiltInOnesByName()
    {
        var (roles, owner) = await RolesAsync();
        (await roles.AddAsync(owner, new Role("analyst", Permissions.Read | Permissions.Collaborate), takenOver: false, default)).Value.ShouldNotBeNull();

        (await roles.ListAsync(owner, All, default)).Value!.Items.Select(role => role.Name).ShouldBe(["analyst", "collaborator", "editor", "owner", "viewer"]);
        var first = (await roles.ListAsync(owner, new PageRequest(2, null), default)).Value!;
        first.Items.Select(role => role.Name).ShouldBe(["analyst", "collaborator"]);
        (await roles.ListAsync(owner, new PageRequest(9, first.Next), default)).Value!.Items.Select(role => role.Name).ShouldBe(["editor", "owner", "viewer"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("Analyst")]
    [InlineData("two words")]
    [InlineData("a/b")]
    public async Task Add_BadName_IsRefused(string name)
    {
        var (roles, owner) = await RolesAsync();
        (await roles.AddAsync(owner, new Role(name, Permissions.Read), takenOver: false, default)).Errors.Single().Pointer.ShouldBe("/name");
    }

    [Fact]
    public async Task AddChangeRemove_BuiltInTakenAbsentOrInUse_AreRefused()
    {
        var (roles, owner) = await RolesAsync();
        (await roles.AddAsync(owner, new Role("viewer", Permissions.Edit), takenOver: false, default)).Refusal.ShouldBe(Refusal.RoleTaken);
        (await roles.ChangeAsync(owner, new Role("viewer", Permissions.Edit), default)).Refusal.ShouldBe(Refusal.RoleBuiltIn);
        (await roles.RemoveAsync(owner, "viewer", default)).Refusal.ShouldBe(Refusal.RoleBuiltIn);
        (await roles.ChangeAsync(owner, new Role("analyst", Permissions.Edit), default)).Refusal.ShouldBe(Refusal.NotFound);
        (await roles.RemoveAsync(owner, "analyst", default)).Refusal.ShouldBe(Refusal.NotFound);

        (await roles.AddAsync(owner, new Role("analyst", Permissions.Edit), takenOver: false, default)).Value.ShouldNotBeNull();
        (await roles.AddAsync(owner, new Role("analyst", Permissions.Edit), takenOver: false, default)).Refusal.ShouldBe(Refusal.RoleTaken);
        (await roles.AddAsync(owner, new Role("analyst", Permissions.Edit), takenOver: true, default)).Value.ShouldBe(new Role("analyst", Permissions.Edit));
        (await roles.AddAsync(owner, new Role("analyst", Permissions.Read), takenOver: true, default)).Refusal.ShouldBe(Refusal.RoleTaken);
        var bob = await Silo.NewUserAsync(owner, "bob");
        (await GiveAsync(owner, bob, "analyst")).Value!.Permissions.ShouldBe(Permissions.Edit);
        (await roles.RemoveAsync(owner, "analyst", default)).Refusal.ShouldBe(Refusal.RoleInUse);
        (await GiveAsync(owner, bob, "viewer")).Value.ShouldNotBeNull();
        (await roles.RemoveAsync(owner, "analyst", default)).Succeeded.ShouldBeTrue();
        (await GiveAsync(owner, bob, "analyst")).Errors.Single().Pointer.ShouldBe("/role");
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Change_RoleOfManyWithLiveSessions_HoldsForTheNextReadOfEach()
    {
        var (roles, owner) = await RolesAsync();
        await roles.AddAsync(owner, new Role("analyst", Permissions.Read), takenOver: false, default);
        var users = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => Silo.NewUserAsync(owner, $"user{i}", role: "analyst")));
        var sessions = await Task.WhenAll(users.Select(user => Silo.SignInAsync(owner.TenantId.ToString(), user.Username, SiloHost.OwnerPassword)));
        sessions.ShouldAllBe(s => s.Session!.Subject.Permissions == Permissions.Read);

        (await roles.ChangeAsync(owner, new Role("analyst", Permissions.Read | Permissions.Edit), default)).Value.ShouldNotBeNull();

        foreach (var (session, hash) in sessions)
        {
            (await Silo.Grains.Session(session!.Id).PeekAsync(hash, null, null, default)).View!.Subject.Permissions.ShouldBe(Permissions.Read | Permissions.Edit);
        }

        (await Silo.Grains.Listing().ListUsersAsync(owner, owner.TenantId, UserFilter.All, All, default)).Value!.Items
            .Where(user => user.Role == "analyst").Select(user => user.Permissions).Distinct().ShouldBe([Permissions.Read | Permissions.Edit]);
        (await Silo.Grains.User(users[0].Id).GetAsync(owner, default)).Value!.Permissions.ShouldBe(Permissions.Read | Permissions.Edit);
    }

    [Fact, Trait("Threat", "T46")]
    public async Task Any_BeyondWhatTheActorHolds_IsForbidden()
    {
        var (roles, owner) = await RolesAsync();
        await roles.AddAsync(owner, new Role("writer", Permissions.Read | Permissions.Edit), takenOver: false, default);
        await roles.AddAsync(owner, new Role("reader", Permissions.Read), takenOver: false, default);
        var manager = owner with { Permissions = Permissions.ManageUsers | Permissions.Read };
        var bob = await Silo.NewUserAsync(owner, "bob");

        (await roles.AddAsync(manager, new Role("mine", Permissions.Edit), takenOver: false, default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await roles.ChangeAsync(manager, new Role("reader", Permissions.Read | Permissions.Edit), default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await roles.ChangeAsync(manager, new Role("writer", Permissions.Read), default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await GiveAsync(manager, bob, "writer")).Refusal.ShouldBe(Refusal.Forbidden);
        (await Silo.TryNewUserAsync(manager, "eve", role: "writer")).Refusal.ShouldBe(Refusal.Forbidden);
        (await GiveAsync(manager, bob, "reader")).Value.ShouldNotBeNull();
        (await roles.AddAsync(owner, new Role("root", Permissions.Operate), takenOver: false, default)).Refusal.ShouldBe(Refusal.Forbidden);
    }

    [Fact, Trait("Threat", "T46")]
    public async Task ChangeOfEmail_OfSomebodyWhoHoldsMore_IsForbidden()
    {
        var (_, owner) = await RolesAsync();
        var manager = owner with { Permissions = Permissions.ManageUsers | Permissions.Read };
        var bob = await Silo.NewUserAsync(owner, "bob");

        (await Silo.Grains.User(owner.UserId).ChangeAsync(manager, new UserChange { Email = "mine@example.com" }, default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await Silo.Grains.User(owner.UserId).DeleteAsync(manager, default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await Silo.Grains.User(bob.Id).ChangeAsync(manager, new UserChange { Email = "mine@example.com" }, default)).Value.ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T44")]
    public async Task Any_ActorOfAnotherTenantOrWithoutTheRight_IsRefused()
    {
        var (roles, owner) = await RolesAsync();
        var (_, stranger) = await RolesAsync();
        await roles.AddAsync(owner, new Role("analyst", Permissions.Read), takenOver: false, default);
        var reader = owner with { Permissions = Permissions.Read | Permissions.Edit | Permissions.Collaborate };
        foreach (var (actor, refusal) in new[] { (stranger, Refusal.NotFound), (reader, Refusal.Forbidden), (SiloHost.OperatorActor, Refusal.NotFound) })
        {
            (await roles.ListAsync(actor, All, default)).Refusal.ShouldBe(refusal);
            (await roles.AddAsync(actor, new Role("x", Permissions.Read), takenOver: false, default)).Refusal.ShouldBe(refusal);
            (await roles.ChangeAsync(actor, new Role("analyst", Permissions.Read), default)).Refusal.ShouldBe(refusal);
            (await roles.RemoveAsync(actor, "analyst", default)).Refusal.ShouldBe(refusal);
            (await Silo.Grains.Tenant(owner.TenantId).RevokeSessionsAsync(actor, default)).Refusal.ShouldBe(refusal);
        }
    }

    private async Task<(ITenantRolesGrain Roles, Actor Owner)> RolesAsync()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        return (Silo.Grains.TenantRoles(tenant.Id), owner);
    }

    private Task<Outcome<UserView>> GiveAsync(Actor actor, UserView user, string role) =>
        Silo.Grains.User(user.Id).ChangeAsync(actor, new UserChange { Role = role }, default);
}
