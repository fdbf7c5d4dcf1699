using Platform.Grains.Tests.Hosting;
using Platform.Security;
using Platform.Users;

namespace Platform.Grains.Tests.Users;

public sealed class UserInvitationsTests
{
    /// <summary>Whoever repeats a creation has not seen its answer, and cannot know whether the link was sent: another one goes out, and works.</summary>
    [Fact, Trait("Fault", "F14")]
    public async Task Create_AgainWithTheSameId_SendsAnotherLinkThatWorks()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();
        var user = Invited(owner) with { Id = PrefixedId.New<UserId>(silo.Time) };
        var made = (await silo.Grains.UserRegistration().CreateAsync(owner, user, default)).Value.ShouldNotBeNull();
        var first = await LinkAsync(silo, 1);
        silo.Time.Advance(TimeSpan.FromMilliseconds(1));

        (await silo.Grains.UserRegistration().CreateAsync(owner, user, default)).Value.ShouldNotBeNull().Id.ShouldBe(made.Id);

        var second = await LinkAsync(silo, 2);
        (await AcceptAsync(silo, first)).Refusal.ShouldBe(Refusal.InvalidToken);
        (await AcceptAsync(silo, second)).Refusal.ShouldBe(Refusal.None);
        (await silo.SignInAsync(tenant.Slug, "ivy", "Amber-Lantern-48")).Session.ShouldNotBeNull();

        // Once accepted, a late repetition sends nothing.
        (await silo.Grains.UserRegistration().CreateAsync(owner, user, default)).Value.ShouldNotBeNull().Status.ShouldBe(UserStatus.Active);
        (await OutboxFiles.WaitForAsync(silo.Folder, 2, file => file.Template == "invitation")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Restart_BeforeTheInvitationIsAccepted_ItWorksOnceAndIsRemembered()
    {
        var silo = await SiloHost.StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();
        (await silo.Grains.UserRegistration().CreateAsync(owner, Invited(owner), default)).Value.ShouldNotBeNull();
        var token = await LinkAsync(silo, 1);

        silo = await silo.RestartAsync();
        (await silo.SignInAsync(tenant.Slug, "ivy", "Amber-Lantern-48")).Session.ShouldBeNull();
        (await AcceptAsync(silo, token)).Refusal.ShouldBe(Refusal.None);
        silo = await silo.RestartAsync();
        await using var _ = silo;

        (await AcceptAsync(silo, token)).Refusal.ShouldBe(Refusal.InvalidToken);
        (await silo.SignInAsync(tenant.Slug, "ivy", "Amber-Lantern-48")).Session.ShouldNotBeNull();
    }

    private static NewUser Invited(Actor owner) => new() { TenantId = owner.TenantId, Username = "ivy", Email = "ivy@example.com", Password = null, Permissions = Permissions.Read };

    private static async Task<string> LinkAsync(SiloHost silo, int count) => (await OutboxFiles.WaitForAsync(silo.Folder, count, file => file.Template == "invitation"))[^1].Data["token"];

    private static async Task<Outcome> AcceptAsync(SiloHost silo, string token)
    {
        InvitationToken.TryOpen(silo.Service<MasterKey>(), token, out var user, out var hash).ShouldBeTrue();
        return await silo.Grains.User(user).AcceptInvitationAsync(new InvitationAcceptance { SecretHash = hash, Password = "Amber-Lantern-48", Client = SiloHost.Client }, default);
    }
}
