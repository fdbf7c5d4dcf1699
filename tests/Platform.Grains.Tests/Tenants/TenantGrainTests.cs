using Platform.Grains.Tests.Hosting;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Grains.Tests.Tenants;

public sealed class TenantGrainTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private SiloHost Silo => fixture.Silo;

    [Fact]
    public async Task EnsurePlatform_SecondTime_ChangesNothing()
    {
        await using var silo = await SiloHost.StartAsync();
        var (first, other) = (PrefixedId.New<TenantId>(TimeProvider.System), PrefixedId.New<TenantId>(TimeProvider.System));
        (await silo.Grains.TenantRegistration().EnsurePlatformAsync(first, SiloHost.OwnerPassword, default)).ShouldBe(BootstrapResult.Created);
        (await silo.Grains.TenantRegistration().EnsurePlatformAsync(other, "Other-Harbour-72", default)).ShouldBe(BootstrapResult.Existing);
        (await silo.Grains.TenantRegistration().EnsurePlatformAsync(first, SiloHost.OwnerPassword, default)).ShouldBe(BootstrapResult.Created, "its maker asks again after a lost answer");
        var (session, _) = await silo.SignInAsync("platform", "operator", SiloHost.OwnerPassword);
        session!.Subject.Permissions.ShouldBe(Permissions.Owner | Permissions.Operate);
    }

    [Fact]
    public async Task EnsurePlatform_ManyAtOnce_OneMakesIt()
    {
        await using var silo = await SiloHost.StartAsync();
        var calls = Enumerable.Range(0, 8).Select(number => silo.Grains.TenantRegistration().EnsurePlatformAsync(PrefixedId.New<TenantId>(TimeProvider.System), $"Quiet-Harbour-7{number}", default)).ToArray();

        var outcomes = await Task.WhenAll(calls);

        outcomes.Count(outcome => outcome == BootstrapResult.Created).ShouldBe(1);
        var maker = Array.IndexOf(outcomes, BootstrapResult.Created);
        (await silo.SignInAsync("platform", "operator", $"Quiet-Harbour-7{maker}")).Session.ShouldNotBeNull();
    }

    [Fact]
    public async Task Create_SameSlugManyTimesAtOnce_OneWins()
    {
        var tenant = new NewTenant
        {
            Slug = "contested", Name = "Contested", Edition = TenantEdition.Trial, AdminUsername = "admin", AdminEmail = "a@example.com", AdminPassword = SiloHost.OwnerPassword,
        };
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Silo.Grains.TenantRegistration().CreateAsync(SiloHost.OperatorActor, tenant, default)));
        outcomes.Count(o => o.Value is not null).ShouldBe(1);
        outcomes.Count(o => o.Refusal == Refusal.SlugTaken).ShouldBe(3);
    }

    [Fact]
    public async Task Create_BadAdmin_NamesTheFaultAndGivesTheSlugBack()
    {
        var tenant = new NewTenant
        {
            Slug = "second-try", Name = "Second try", Edition = TenantEdition.Trial, AdminUsername = "admin", AdminEmail = "a@example.com", AdminPassword = "weak",
        };
        var refused = await Silo.Grains.TenantRegistration().CreateAsync(SiloHost.OperatorActor, tenant, default);
        refused.Refusal.ShouldBe(Refusal.PasswordPolicy);
        refused.Errors.ShouldAllBe(e => e.Pointer == "/admin/password");
        (await Silo.Grains.TenantRegistration().CreateAsync(SiloHost.OperatorActor, tenant with { AdminPassword = SiloHost.OwnerPassword }, default)).Value.ShouldNotBeNull();
        (await Silo.Grains.TenantRegistration().CreateAsync(SiloHost.OperatorActor, tenant with { Slug = "-bad" }, default)).Errors.Single().Pointer.ShouldBe("/slug");
    }

    [Fact]
    public async Task Claim_MakerDiedBeforeTheTenant_CanBeTakenOverAfterAMinute()
    {
        await using var silo = await SiloHost.StartAsync();
        var name = silo.Grains.TenantName("abandoned");
        (await name.ClaimAsync(PrefixedId.New<TenantId>(silo.Time), default)).ShouldBeTrue();
        var second = PrefixedId.New<TenantId>(silo.Time);
        (await name.ClaimAsync(second, default)).ShouldBeFalse();
        silo.Time.Advance(TimeSpan.FromMinutes(1));
        (await name.ClaimAsync(second, default)).ShouldBeTrue();
        (await name.ResolveAsync(default)).ShouldBe(second);
    }

    [Fact]
    public async Task Change_SessionPolicy_HoldsForTheNextSignIn()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var policy = new SessionPolicy(TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));
        (await Silo.Grains.Tenant(tenant.Id).ChangeAsync(owner, Change(policy), default)).Value!.SessionPolicy.ShouldBe(policy);
        var (session, _) = await Silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        (session!.IdleExpiresAt - session.CreatedAt).ShouldBe(policy.IdleTimeout);
        (session.AbsoluteExpiresAt - session.CreatedAt).ShouldBe(policy.AbsoluteTimeout);
    }

    [Fact, Trait("Threat", "T53")]
    public async Task Change_TwoPartsAtOnce_BothHold()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var grain = Silo.Grains.Tenant(tenant.Id);
        await Task.WhenAll(
            grain.ChangeAsync(owner, new TenantChange { SessionPolicy = new SessionPolicyChange { IdleTimeout = TimeSpan.FromMinutes(5) } }, default),
            grain.ChangeAsync(owner, new TenantChange { SessionPolicy = new SessionPolicyChange { AbsoluteTimeout = TimeSpan.FromHours(2) } }, default),
            grain.ChangeAsync(SiloHost.OperatorActor, new TenantChange { Features = new TenantFeaturesChange { TwoFactor = true } }, default),
            grain.ChangeAsync(SiloHost.OperatorActor, new TenantChange { Features = new TenantFeaturesChange { MultiDomain = true } }, default));
        var changed = (await grain.GetAsync(owner, default)).Value!;
        changed.SessionPolicy.ShouldBe(new SessionPolicy(TimeSpan.FromMinutes(5), TimeSpan.FromHours(2)));
        changed.Features.ShouldBe(new TenantFeatures { TwoFactor = true, MultiDomain = true });
    }

    [Theory]
    [InlineData("00:00:59", "01:00:00")]
    [InlineData("1.00:00:01", "1.00:00:01")]
    [InlineData("02:00:00", "01:00:00")]
    [InlineData("00:30:00", "1.00:00:01")]
    [InlineData("00:30:00", "00:00:00")]
    public async Task Change_PolicyOutOfBounds_IsRefusedWithThePointer(string idle, string absolute)
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var policy = new SessionPolicy(TimeSpan.Parse(idle), TimeSpan.Parse(absolute));
        var outcome = await Silo.Grains.Tenant(tenant.Id).ChangeAsync(owner, Change(policy), default);
        outcome.Refusal.ShouldBe(Refusal.InvalidRequest);
        outcome.Errors.ShouldAllBe(e => e.Pointer.StartsWith("/sessionPolicy/"));
        outcome.Errors.ShouldNotBeEmpty();
    }

    [Fact, Trait("Threat", "T44"), Trait("Threat", "T46")]
    public async Task Change_BeyondOnesRights_IsRefused()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var (_, stranger) = await Silo.NewTenantAsync();
        var grain = Silo.Grains.Tenant(tenant.Id);
        (await grain.ChangeAsync(stranger, new TenantChange { Name = "x" }, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await grain.GetAsync(stranger, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await grain.ChangeAsync(owner with { Permissions = Permissions.Read }, new TenantChange { Name = "x" }, default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await grain.ChangeAsync(owner, new TenantChange { Edition = TenantEdition.Enterprise }, default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await grain.ChangeAsync(SiloHost.OperatorActor, new TenantChange { Features = new TenantFeaturesChange { IpRules = true } }, default)).Refusal.ShouldBe(Refusal.EditionRequired);
        (await Silo.Grains.TenantRegistration().CreateAsync(
            owner,
            new NewTenant { Slug = "mine", Name = "m", Edition = TenantEdition.Trial, AdminUsername = "a", AdminEmail = "a@b.c", AdminPassword = SiloHost.OwnerPassword },
            default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await Silo.Grains.Listing().ListTenantsAsync(owner, null, new PageRequest(50, null), default)).Refusal.ShouldBe(Refusal.NotFound);
    }

    [Fact]
    public async Task ListTenants_ByPages_ShowsEachOnceInOrder()
    {
        await using var silo = await SiloHost.StartAsync();
        for (var i = 0; i < 5; i++) await silo.NewTenantAsync();
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = (await silo.Grains.Listing().ListTenantsAsync(SiloHost.OperatorActor, null, new PageRequest(2, after), default)).Value!;
            seen.AddRange(page.Items.Select(t => t.Slug));
            after = page.Next;
        }
        while (after is not null);
        seen.Count.ShouldBe(5);
        seen.ShouldBe(seen.Order(StringComparer.Ordinal));
    }

    private static TenantChange Change(SessionPolicy policy) =>
        new() { SessionPolicy = new SessionPolicyChange { IdleTimeout = policy.IdleTimeout, AbsoluteTimeout = policy.AbsoluteTimeout } };
}
