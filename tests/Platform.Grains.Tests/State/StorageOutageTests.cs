using Platform.Grains.Tests.Hosting;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Grains.Tests.State;

/// <summary>What grains claim, and what they still do, while storage fails.</summary>
public sealed class StorageOutageTests
{
    [Fact, Trait("Fault", "F7")]
    public async Task SignOut_StorageFails_ClaimsNothingAndTheSessionIsStillThereAfterwards()
    {
        await using var silo = await StartAsync(out var storage);
        var (tenant, _) = await silo.NewTenantAsync();
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        storage.Fail = true;
        await Should.ThrowAsync<StorageUnavailableException>(() => silo.Grains.Session(session!.Id).SignOutAsync(hash, null, default));
        storage.Fail = false;
        (await silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.Live);
        await silo.Grains.Session(session.Id).SignOutAsync(hash, null, default);
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.SignedOut);
    }

    [Fact, Trait("Fault", "F7")]
    public async Task Validate_StorageFails_GoesOnForSessionsInMemory()
    {
        await using var silo = await StartAsync(out var storage);
        var (tenant, _) = await silo.NewTenantAsync();
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        storage.Fail = true;
        (await silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.Live);
        (await silo.Grains.Session(session.Id).TouchAsync(hash, null, null, default)).State.ShouldBe(SessionState.Live);
        await Should.ThrowAsync<StorageUnavailableException>(() => silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword));
        storage.Fail = false;
    }

    [Fact]
    public async Task Change_WriteFails_TheOldStateStays()
    {
        await using var silo = await StartAsync(out var storage);
        var (_, owner) = await silo.NewTenantAsync();
        var bob = await silo.NewUserAsync(owner, "bob");
        storage.Fail = true;
        await Should.ThrowAsync<StorageUnavailableException>(() =>
            silo.Grains.User(bob.Id).ChangeAsync(owner, new UserChange { Email = "new@example.com" }, default));
        storage.Fail = false;
        (await silo.Grains.User(bob.Id).GetAsync(owner, default)).Value!.Email.ShouldBe(bob.Email);
        (await silo.Grains.User(bob.Id).ChangeAsync(owner, new UserChange { Email = "new@example.com" }, default)).Value!.PendingEmail.ShouldBe("new@example.com");
    }

    [Fact, Trait("Fault", "F15")]
    public async Task Change_AnotherActivationWroteFirst_LosesAndReadsWhatIsTrue()
    {
        await using var silo = await StartAsync(out var storage);
        var (_, owner) = await silo.NewTenantAsync();
        var bob = await silo.NewUserAsync(owner, "bob");
        storage.Conflict = true;
        await Should.ThrowAsync<StorageUnavailableException>(() =>
            silo.Grains.User(bob.Id).ChangeAsync(owner, new UserChange { Email = "new@example.com" }, default));
        storage.Conflict = false;
        (await silo.Grains.User(bob.Id).ChangeAsync(owner, new UserChange { Email = "new@example.com" }, default)).Value.ShouldNotBeNull();
    }

    private static Task<SiloHost> StartAsync(out FailingStorage storage)
    {
        var failing = storage = new FailingStorage();
        return SiloHost.StartAsync(failing.Put);
    }
}
