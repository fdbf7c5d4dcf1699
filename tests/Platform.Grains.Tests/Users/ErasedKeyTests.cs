using Platform.Grains.Tests.Hosting;
using Platform.Security;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Grains.Tests.Users;

/// <summary>A database from before an erasure under the table of keys of now: what is left of the user in it, for every call that could show it.</summary>
public sealed class ErasedKeyTests
{
    [Fact, Trait("Threat", "T52"), Trait("Threat", "T78")]
    public async Task Restart_KeyDestroyedAndAllElseAsBefore_NobodyIsThereAndTheNameIsFree()
    {
        var silo = await SiloHost.StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();
        var bob = await silo.NewUserAsync(owner, "bob");
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword);
        (await silo.SignInAsync(tenant.Slug, "bob", "Wrong-Harbour-71")).Session.ShouldBeNull();
        await silo.StopAsync();
        silo = await silo.RestartAsync();
        await using var _ = silo;
        await silo.Service<DataKeys>().DestroyAsync(bob.Id.ToString(), default);
        var bobs = SiloHost.ActorOf(session!);

        (await silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.Unknown);
        (await silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword)).Session.ShouldBeNull();
        (await silo.Grains.User(bob.Id).GetAsync(owner, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await silo.Grains.User(bob.Id).GetAsync(bobs, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await silo.Grains.Listing().ListUsersAsync(owner, tenant.Id, UserFilter.All, new PageRequest(50, null), default)).Value!.Items.ShouldHaveSingleItem().Username.ShouldBe("owner");
        (await silo.Grains.Listing().ListUsersAsync(owner, tenant.Id, new UserFilter { Username = "bob" }, new PageRequest(50, null), default)).Value!.Items.ShouldBeEmpty();
        var log = await silo.Grains.AuditReader().VerifyAsync(owner, tenant.Id, null, default);
        (log.Value!.FirstInvalid, log.Value.Erased > 0).ShouldBe((null, true));

        silo.Time.Advance(TimeSpan.FromMinutes(2));
        var next = await silo.NewUserAsync(owner, "bob");
        next.Id.ShouldNotBe(bob.Id);
        (await silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword)).Session!.UserId.ShouldBe(next.Id);
        (await silo.Grains.Listing().ListUsersAsync(owner, tenant.Id, new UserFilter { Username = "bob" }, new PageRequest(50, null), default)).Value!.Items.ShouldHaveSingleItem().Id.ShouldBe(next.Id);
    }

    [Fact, Trait("Threat", "T52")]
    public async Task Destroy_UserAndSessionInMemory_CannotBeWrittenAnyMore()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();
        var bob = await silo.NewUserAsync(owner, "bob");
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword);
        await silo.Service<DataKeys>().DestroyAsync(bob.Id.ToString(), default);

        await Should.ThrowAsync<StorageUnavailableException>(() => silo.Grains.User(bob.Id).ChangeAsync(owner, new UserChange { Email = "b@example.com" }, default));
        (await silo.Grains.User(bob.Id).GetAsync(owner, default)).Refusal.ShouldBe(Refusal.NotFound);
        await Should.ThrowAsync<StorageUnavailableException>(() => silo.Grains.Session(session!.Id).SignOutAsync(hash, null, default));
        (await silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.Unknown);
    }

    [Fact]
    public async Task SignIn_KeyKnown_CostsNoFurtherReadOrWriteForTheSeal()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        using var counter = new StorageCounter(silo);

        (await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword)).Session.ShouldNotBeNull();

        // The log, the user's list of sessions, the session and its row; nothing is read but what a new session's grain looks for.
        (counter.Writes, counter.Reads).ShouldBe((4, 1));
    }
}
