using Platform.Grains.Tests.Hosting;
using Platform.Internal;
using Platform.Security;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Grains.Tests.Users;

public sealed class UserGrainTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private SiloHost Silo => fixture.Silo;

    [Fact]
    public async Task Disable_WithLiveSessions_EndsThemAllBeforeItAnswers()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var bob = await Silo.NewUserAsync(owner, "bob");
        var opened = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword)));
        (await Silo.Grains.User(bob.Id).ChangeAsync(owner, new UserChange { Status = UserStatus.Disabled }, default)).Value!.Status.ShouldBe(UserStatus.Disabled);
        foreach (var (session, hash) in opened) (await Silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.UserDisabled);
        (await Silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword)).Session.ShouldBeNull();

        (await Silo.Grains.User(bob.Id).ChangeAsync(owner, new UserChange { Status = UserStatus.Active }, default)).Value.ShouldNotBeNull();
        (await Silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword)).Session.ShouldNotBeNull();
        foreach (var (session, hash) in opened) (await Silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.UserDisabled);
    }

    [Fact, Trait("Threat", "T40")]
    public async Task SetPermissions_LiveSession_HoldsForTheNextRead()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var bob = await Silo.NewUserAsync(owner, "bob");
        var (session, hash) = await Silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword);
        (await Silo.Grains.User(bob.Id).ChangeAsync(owner, new UserChange { Permissions = Permissions.Read | Permissions.Edit }, default)).Value.ShouldNotBeNull();
        (await Silo.Grains.Session(session!.Id).PeekAsync(hash, null, null, default)).View!.Subject.Permissions.ShouldBe(Permissions.Read | Permissions.Edit);
    }

    [Fact, Trait("Threat", "T46")]
    public async Task Change_TwoLastManagersAtOnce_OneStays()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        var second = await Silo.NewUserAsync(owner, "second", Permissions.Owner);
        var down = new UserChange { Permissions = Permissions.Read };
        var outcomes = await Task.WhenAll(
            Silo.Grains.User(owner.UserId).ChangeAsync(owner, down, default),
            Silo.Grains.User(second.Id).ChangeAsync(owner, down, default));
        outcomes.Count(o => o.Refusal == Refusal.LastManager).ShouldBe(1);
        outcomes.Count(o => o.Value is not null).ShouldBe(1);
    }

    [Fact, Trait("Threat", "T46")]
    public async Task Change_GrantingWhatOneLacks_IsForbidden()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        var bob = await Silo.NewUserAsync(owner, "bob");
        var limited = owner with { Permissions = Permissions.ManageUsers | Permissions.Read };
        (await Silo.Grains.User(bob.Id).ChangeAsync(limited, new UserChange { Permissions = Permissions.Read | Permissions.Edit }, default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await Silo.Grains.User(bob.Id).ChangeAsync(owner, new UserChange { Permissions = Permissions.Operate }, default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await Silo.TryNewUserAsync(limited, "eve", Permissions.Edit)).Refusal.ShouldBe(Refusal.Forbidden);
        (await Silo.Grains.User(owner.UserId).ChangeAsync(limited, new UserChange { Status = UserStatus.Disabled }, default)).Refusal.ShouldBe(Refusal.Forbidden);
    }

    [Fact, Trait("Threat", "T44")]
    public async Task Any_ActorOfAnotherTenant_SeesNobody()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        var (_, stranger) = await Silo.NewTenantAsync();
        var user = Silo.Grains.User(owner.UserId);
        var absent = Silo.Grains.User(PrefixedId.New<UserId>(Silo.Time));
        foreach (var grain in new[] { user, absent })
        {
            (await grain.GetAsync(stranger, default)).Refusal.ShouldBe(Refusal.NotFound);
            (await grain.ChangeAsync(stranger, new UserChange { Email = "x@example.com" }, default)).Refusal.ShouldBe(Refusal.NotFound);
            (await grain.EndSessionsAsync(stranger, null, default)).Refusal.ShouldBe(Refusal.NotFound);
            (await grain.EndSessionAsync(stranger, owner.SessionId, default)).Refusal.ShouldBe(Refusal.NotFound);
        }

        (await Silo.Grains.Listing().ListUsersAsync(stranger, owner.TenantId, UserFilter.All, new PageRequest(50, null), default)).Refusal.ShouldBe(Refusal.NotFound);
        (await Silo.Grains.Listing().ListSessionsAsync(stranger, owner.UserId, SessionFilter.All, new PageRequest(50, null), default)).Refusal.ShouldBe(Refusal.NotFound);
    }

    [Fact]
    public async Task Create_SameNameManyTimesAtOnce_OneWins()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        var outcomes = await Task.WhenAll(new[] { "carol", "CAROL", "ｃａｒｏｌ", "carol" }.Select(name => Silo.TryNewUserAsync(owner, name)));
        outcomes.Count(o => o.Value is not null).ShouldBe(1);
        outcomes.Count(o => o.Refusal == Refusal.UsernameTaken).ShouldBe(3);
        (await Silo.Grains.Listing().ListUsersAsync(owner, owner.TenantId, UserFilter.All, new PageRequest(50, null), default)).Value!.Items.Length.ShouldBe(2);
    }

    /// <summary>A grain that ends because it holds nothing turns away the calls that wait for it: an answer that only absent names gave.</summary>
    [Fact, Trait("Threat", "T1")]
    public async Task Find_AbsentNameManyTimesAtOnce_AnswersAll()
    {
        var (tenant, _) = await Silo.NewTenantAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => Silo.Grains.UserName(tenant.Id, Silo.Service<UsernameBlindIndex>().Of(tenant.Id, $"absent{i / 100}")).FindAsync(default)));
        answers.ShouldAllBe(found => found == null);
    }

    [Fact]
    public async Task Create_BadInput_NamesEveryFault()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        var user = new NewUser { TenantId = owner.TenantId, Username = "a b", Email = "nowhere", Password = "x", Permissions = Permissions.Read };
        var outcome = await Silo.Grains.UserRegistration().CreateAsync(owner, user, default);
        outcome.Refusal.ShouldBe(Refusal.InvalidRequest);
        outcome.Errors.Select(e => e.Pointer).ShouldBe(["/username", "/email"]);
        outcome = await Silo.Grains.UserRegistration().CreateAsync(owner, user with { Username = "ab", Email = "a@b.c" }, default);
        outcome.Refusal.ShouldBe(Refusal.PasswordPolicy);
        outcome.Errors.Select(e => e.Code).ShouldBe(["too_short", "no_upper", "no_digit", "no_symbol"]);
    }

    [Fact, Trait("Threat", "T30")]
    public async Task ChangePassword_Right_EndsOtherSessionsAndRotatesThisOne()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var (other, otherHash) = await Silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        var (mine, oldHash) = await Silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        var change = new PasswordChange { CurrentPassword = SiloHost.OwnerPassword, NewPassword = "Loud-Mountain-92", NewSecretHash = SiloHost.NewSecretHash(out var newHash) };
        (await Silo.Grains.User(owner.UserId).ChangePasswordAsync(SiloHost.ActorOf(mine!), change, default)).Refusal.ShouldBe(Refusal.None);
        (await Silo.PeekAsync(other!.Id, otherHash)).ShouldBe(SessionState.PasswordChanged);
        (await Silo.PeekAsync(mine!.Id, oldHash)).ShouldBe(SessionState.Unknown);
        (await Silo.PeekAsync(mine.Id, newHash)).ShouldBe(SessionState.Live);
        (await Silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword)).Session.ShouldBeNull();
        (await Silo.SignInAsync(tenant.Slug, "owner", "Loud-Mountain-92")).Session.ShouldNotBeNull();
    }

    [Fact]
    public async Task ChangePassword_WrongOldOneOrWeakNewOne_ChangesNothing()
    {
        var (tenant, _) = await Silo.NewTenantAsync();
        var (mine, hash) = await Silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        var user = Silo.Grains.User(mine!.UserId);
        var change = new PasswordChange { CurrentPassword = "wrong", NewPassword = "Loud-Mountain-92", NewSecretHash = SiloHost.NewSecretHash(out _) };
        (await user.ChangePasswordAsync(SiloHost.ActorOf(mine), change, default)).Refusal.ShouldBe(Refusal.InvalidCredentials);
        var weak = await user.ChangePasswordAsync(SiloHost.ActorOf(mine), change with { CurrentPassword = SiloHost.OwnerPassword, NewPassword = "owner" }, default);
        weak.Refusal.ShouldBe(Refusal.PasswordPolicy);
        weak.Errors.ShouldAllBe(e => e.Pointer == "/newPassword");
        (await Silo.PeekAsync(mine.Id, hash)).ShouldBe(SessionState.Live);
    }

    [Fact]
    public async Task EndSessions_ButOne_EndsTheOthersAndListsThemAsRevoked()
    {
        var (tenant, _) = await Silo.NewTenantAsync();
        Silo.Time.Advance(TimeSpan.FromMilliseconds(1));
        var (a, aHash) = await Silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        Silo.Time.Advance(TimeSpan.FromMilliseconds(1));
        var (b, bHash) = await Silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        var actor = SiloHost.ActorOf(b!);
        (await Silo.Grains.User(actor.UserId).EndSessionsAsync(actor, b!.Id, default)).Succeeded.ShouldBeTrue();
        (await Silo.PeekAsync(a!.Id, aHash)).ShouldBe(SessionState.Revoked);
        (await Silo.PeekAsync(b.Id, bHash)).ShouldBe(SessionState.Live);
        var list = await Silo.Grains.Listing().ListSessionsAsync(actor, actor.UserId, SessionFilter.All, new PageRequest(50, null), default);
        list.Value!.Items.Select(i => i.State).ShouldBe([SessionState.Live, SessionState.Revoked, SessionState.Revoked]);
        (await Silo.Grains.User(actor.UserId).EndSessionAsync(actor, a.Id, default)).Refusal.ShouldBe(Refusal.NotFound);
    }
}
