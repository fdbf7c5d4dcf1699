using System.Net;
using Platform.ApiKeys;
using Platform.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Internal;
using Platform.Users;
using static Platform.Grains.Tests.ApiKeys.ApiKeyCalls;

namespace Platform.Grains.Tests.ApiKeys;

/// <summary>A key counts while its sponsor could make it (finding S12).</summary>
public sealed class SponsorTests
{
    private static readonly UserChange Enable = new() { Status = UserStatus.Active };
    private static readonly UserChange Promote = new() { Role = "owner" };

    /// <summary>Each change, the reason that the log gives, and the change that undoes it.</summary>
    private static readonly (string Name, UserChange Change, string Reason, UserChange Undo)[] Losses =
    [
        ("disabled", new UserChange { Status = UserStatus.Disabled }, "sponsor_disabled", Enable),
        ("a lesser role", new UserChange { Role = "editor" }, "sponsor_rights_lost", Promote),
        ("permissions without a scope's", new UserChange { Permissions = Permissions.ManageUsers }, "sponsor_rights_lost", Promote),
        ("permissions without managing users", new UserChange { Permissions = Permissions.Read | Permissions.Edit }, "sponsor_rights_lost", Promote),
        ("nothing", new UserChange { Permissions = Permissions.None }, "sponsor_rights_lost", new UserChange { Permissions = Permissions.ManageUsers | Permissions.Read }),
        ("disabled and a lesser role at once", new UserChange { Status = UserStatus.Disabled, Role = "viewer" }, "sponsor_disabled", new UserChange { Status = UserStatus.Active, Role = "owner" }),
    ];

    [Fact, Trait("Threat", "T46"), Trait("Threat", "T40")]
    public async Task Key_WhoseSponsorLosesTheRights_IsDormantFromTheAnswerOnUntilItHasThemAgain()
    {
        await using var silo = await SiloHost.StartAsync(CheapHashing.Put);
        var (_, owner) = await silo.NewTenantAsync();
        foreach (var (name, change, reason, undo) in Losses)
        {
            var maker = await MakerAsync(silo, owner);
            var (key, hash) = await CreateAsync(silo, maker, scopes: ApiKeyScopes.Read);
            (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Live, name);
            silo.Service<LiveApiKeys>().TryGet(key.Id, out var inHand).ShouldBeTrue();

            (await silo.Grains.User(maker.UserId).ChangeAsync(owner, change, default)).Value.ShouldNotBeNull(name);

            inHand!.Check(hash.AsSpan(), IPAddress.Loopback, silo.Time.GetUtcNow()).ShouldBe(ApiKeyState.Dormant, name);
            (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Dormant, name);
            (await ListedAsync(silo, owner, key)).IsDormant.ShouldBeTrue(name);

            (await silo.Grains.User(maker.UserId).ChangeAsync(owner, undo, default)).Value.ShouldNotBeNull(name);

            (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Live, name);
            (await ListedAsync(silo, owner, key)).IsDormant.ShouldBeFalse(name);
            (await LoggedAsync(silo, owner, key)).ShouldBe([(AuditActions.ApiKeyCreated, null), (AuditActions.ApiKeyDormant, reason), (AuditActions.ApiKeyResumed, null)], name);
        }
    }

    [Theory, Trait("Threat", "T46"), Trait("Threat", "T52")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Key_WhoseSponsorGoes_IsDormantForGoodUntilSomebodyTakesItOver(bool erased)
    {
        var silo = await SiloHost.StartAsync(CheapHashing.Put);
        var (_, owner) = await silo.NewTenantAsync();
        var maker = await MakerAsync(silo, owner);
        var (key, hash) = await CreateAsync(silo, maker, scopes: ApiKeyScopes.Read);

        if (erased) (await silo.Grains.Erasure(maker.UserId).RequestAsync(owner, default)).Value.ShouldNotBeNull().IsComplete.ShouldBeTrue();
        else (await silo.Grains.User(maker.UserId).DeleteAsync(owner, default)).Succeeded.ShouldBeTrue();

        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Dormant);
        silo = await silo.RestartAsync();
        await using var _ = silo;
        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Dormant);
        (await LoggedAsync(silo, owner, key))[^1].ShouldBe((AuditActions.ApiKeyDormant, "sponsor_deleted"));

        var taken = (await silo.Grains.ApiKeys(owner.TenantId).TakeOverAsync(owner, key.Id, default)).Value.ShouldNotBeNull();

        (taken.CreatedBy, taken.Sponsor, taken.IsDormant).ShouldBe((maker.UserId, owner.UserId, false));
        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Live);
        (await silo.Grains.ApiKeys(owner.TenantId).TakeOverAsync(owner, key.Id, default)).Value.ShouldBe(taken);
        (await LoggedAsync(silo, owner, key))[^1].ShouldBe((AuditActions.ApiKeyTakenOver, null), "once");
    }

    [Fact, Trait("Threat", "T46"), Trait("Threat", "T40")]
    public async Task Key_WhoseSponsorsRoleChanges_FollowsIt()
    {
        await using var silo = await SiloHost.StartAsync(CheapHashing.Put);
        var (_, owner) = await silo.NewTenantAsync();
        var roles = silo.Grains.TenantRoles(owner.TenantId);
        (await roles.AddAsync(owner, new Role("clerk", Permissions.ManageUsers | Permissions.Read), takenOver: false, default)).Value.ShouldNotBeNull();
        var maker = await MakerAsync(silo, owner, "clerk");
        var (key, hash) = await CreateAsync(silo, maker, scopes: ApiKeyScopes.Read);
        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Live);

        (await roles.ChangeAsync(owner, new Role("clerk", Permissions.ManageUsers), default)).Value.ShouldNotBeNull();
        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Dormant);
        (await roles.ChangeAsync(owner, new Role("clerk", Permissions.ManageUsers | Permissions.Read), default)).Value.ShouldNotBeNull();

        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Live);
        (await LoggedAsync(silo, owner, key)).Select(e => e.Action).ShouldBe([AuditActions.ApiKeyCreated, AuditActions.ApiKeyDormant, AuditActions.ApiKeyResumed]);
    }

    /// <summary>The sponsor changes roles while none of them lets it sponsor anything: which one it has counts once that role gives more.</summary>
    [Fact, Trait("Threat", "T46")]
    public async Task Key_WhoseSponsorHasARoleThatGrows_CountsByTheRoleThatTheSponsorHas()
    {
        await using var silo = await SiloHost.StartAsync(CheapHashing.Put);
        var (_, owner) = await silo.NewTenantAsync();
        var roles = silo.Grains.TenantRoles(owner.TenantId);
        (await roles.AddAsync(owner, new Role("helper", Permissions.Read), takenOver: false, default)).Value.ShouldNotBeNull();
        var maker = await MakerAsync(silo, owner);
        var (key, hash) = await CreateAsync(silo, maker);
        foreach (var role in new[] { "viewer", "helper" }) await GiveAsync(role);
        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Dormant);

        await GrowAsync(Permissions.ManageUsers);
        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Live);
        await GrowAsync(Permissions.Read);
        await GiveAsync("viewer");
        await GrowAsync(Permissions.ManageUsers);

        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Dormant);

        async Task GiveAsync(string role) => (await silo.Grains.User(maker.UserId).ChangeAsync(owner, new UserChange { Role = role }, default)).Value.ShouldNotBeNull();
        async Task GrowAsync(Permissions permissions) => (await roles.ChangeAsync(owner, new Role("helper", permissions), default)).Value.ShouldNotBeNull();
    }

    /// <summary>The state before keys had sponsors, or a change that was cut off: what the users are now decides, without anybody telling.</summary>
    [Fact, Trait("Threat", "T46"), Trait("Fault", "F7")]
    public async Task Key_AfterARestart_CountsByWhatItsSponsorIsNow()
    {
        var silo = await SiloHost.StartAsync(CheapHashing.Put);
        var (_, owner) = await silo.NewTenantAsync();
        var (kept, lost) = (await MakerAsync(silo, owner), await MakerAsync(silo, owner));
        var ((live, liveHash), (dormant, dormantHash)) = (await CreateAsync(silo, kept), await CreateAsync(silo, lost));
        (await silo.Grains.User(lost.UserId).ChangeAsync(owner, new UserChange { Role = "viewer" }, default)).Value.ShouldNotBeNull();

        silo = await silo.RestartAsync();
        await using var _ = silo;

        (await CheckAsync(silo, owner, live, liveHash)).ShouldBe(ApiKeyState.Live);
        (await CheckAsync(silo, owner, dormant, dormantHash)).ShouldBe(ApiKeyState.Dormant);
        (await LoggedAsync(silo, owner, dormant)).Count.ShouldBe(2, "told once, not again after each start");
    }

    /// <summary>The keys lose the right before the write that fails; they have it back once the user's grain says what is on disk.</summary>
    [Fact, Trait("Fault", "F7")]
    public async Task Change_ThatIsNotWritten_LeavesTheKeyAsItWas()
    {
        var database = new FaultyDatabase();
        await using var silo = await SiloHost.StartAsync(services =>
        {
            CheapHashing.Put(services);
            database.Put(services);
        });
        var (_, owner) = await silo.NewTenantAsync();
        var maker = await MakerAsync(silo, owner);
        var (key, hash) = await CreateAsync(silo, maker);
        database.FailBefore = FaultyDatabase.AuditWrite;
        await Should.ThrowAsync<StorageUnavailableException>(() => silo.Grains.User(maker.UserId).ChangeAsync(owner, new UserChange { Role = "viewer" }, default));
        database.FailBefore = null;

        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Dormant, "for safety");
        await silo.Grains.ApiKeySponsors(owner.TenantId).ReviewAsync(default);

        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Live);
        (await LoggedAsync(silo, owner, key)).ShouldHaveSingleItem("what was not certain is not logged");
    }

    [Fact, Trait("Threat", "T46"), Trait("Threat", "T44")]
    public async Task TakeOver_ByWhoCouldNotMakeTheKey_IsRefusedAndChangesNothing()
    {
        await using var silo = await SiloHost.StartAsync(CheapHashing.Put);
        var ((_, owner), (_, stranger)) = (await silo.NewTenantAsync(), await silo.NewTenantAsync());
        var maker = await MakerAsync(silo, owner);
        var (key, hash) = await CreateAsync(silo, maker, scopes: ApiKeyScopes.Read);
        var (over, _) = await CreateAsync(silo, maker, expiresAt: silo.Time.GetUtcNow().AddHours(1));
        silo.Time.Advance(TimeSpan.FromHours(1));
        (await silo.Grains.User(maker.UserId).ChangeAsync(owner, new UserChange { Status = UserStatus.Disabled }, default)).Value.ShouldNotBeNull();
        var grain = silo.Grains.ApiKeys(owner.TenantId);

        (await grain.TakeOverAsync(stranger, key.Id, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await grain.TakeOverAsync(owner with { Permissions = Permissions.Read }, key.Id, default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await grain.TakeOverAsync(owner with { Permissions = Permissions.ManageUsers }, key.Id, default)).Refusal.ShouldBe(Refusal.Forbidden, "the key reads");
        (await grain.TakeOverAsync(owner, PrefixedId.New<ApiKeyId>(silo.Time), default)).Refusal.ShouldBe(Refusal.NotFound);
        (await grain.TakeOverAsync(owner, over.Id, default)).Refusal.ShouldBe(Refusal.ApiKeyExpired);

        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Dormant);
        (await ListedAsync(silo, owner, key)).Sponsor.ShouldBe(maker.UserId);
    }

    /// <summary>A user who can manage users, and may do all else.</summary>
    internal static async Task<Actor> MakerAsync(SiloHost silo, Actor owner, string role = "owner")
    {
        var user = await silo.NewUserAsync(owner, "maker" + Guid.CreateVersion7(silo.Time.GetUtcNow()).ToString("N"), role: role);
        return owner with { UserId = user.Id, Permissions = user.Permissions };
    }

    private static async Task<ApiKeyView> ListedAsync(SiloHost silo, Actor owner, ApiKeyView key) =>
        (await silo.Grains.ApiKeys(owner.TenantId).ListAsync(owner, new PageRequest(200, null), default)).Value!.Items.Single(item => item.Id == key.Id);

    private static async Task<IReadOnlyList<(string Action, string? Reason)>> LoggedAsync(SiloHost silo, Actor owner, ApiKeyView key) =>
        [.. (await silo.Grains.AuditReader().ReadAsync(owner, owner.TenantId, new AuditFilter { Target = key.Id.ToString() }, null, default)).Value!.Items.Select(e => (e.Action, e.Reason))];
}
