using Platform.Grains.Tests.Hosting;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Grains.Tests.Users;

public sealed class UserDeletionTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private SiloHost Silo => fixture.Silo;

    [Fact, Trait("Threat", "T40")]
    public async Task Delete_WithLiveSessions_EndsThemAndFreesTheName()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var bob = await Silo.NewUserAsync(owner, "bob");
        var (session, hash) = await Silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword);

        (await Silo.Grains.User(bob.Id).DeleteAsync(owner, default)).Succeeded.ShouldBeTrue();

        (await Silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.Revoked);
        (await Silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword)).Session.ShouldBeNull();
        (await Silo.Grains.User(bob.Id).GetAsync(owner, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await Silo.Grains.User(bob.Id).DeleteAsync(owner, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await Silo.Grains.Listing().ListUsersAsync(owner, tenant.Id, UserFilter.All, new PageRequest(50, null), default)).Value!.Items.ShouldNotContain(user => user.Id == bob.Id);

        var again = await Silo.NewUserAsync(owner, "bob");
        again.Id.ShouldNotBe(bob.Id);
        (await Silo.PeekAsync(session.Id, hash)).ShouldNotBe(SessionState.Live);
        (await Silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword)).Session!.UserId.ShouldBe(again.Id);
    }

    [Fact]
    public async Task Delete_ManyAtOnce_OneDoesItTheOthersFindNobody()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        var bob = await Silo.NewUserAsync(owner, "bob");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Silo.Grains.User(bob.Id).DeleteAsync(owner, default)));
        outcomes.Count(outcome => outcome.Succeeded).ShouldBe(1);
        outcomes.Count(outcome => outcome.Refusal == Refusal.NotFound).ShouldBe(7);
    }
}
