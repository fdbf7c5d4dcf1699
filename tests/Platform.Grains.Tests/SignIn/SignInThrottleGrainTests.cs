using Platform.Grains.Tests.Hosting;
using Platform.Notifications;
using Platform.SignIn;

namespace Platform.Grains.Tests.SignIn;

public sealed class SignInThrottleGrainTests
{
    [Fact, Trait("Threat", "T4"), Trait("Threat", "T1")]
    public async Task SignIn_FiveWrong_SlowsDownAlikeWhetherTheAccountExistsAndLetsTheOwnerInAfterwards()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        foreach (var name in new[] { "owner", "nobody" })
        {
            for (var i = 0; i < 5; i++) (await TryAsync(silo, tenant.Slug, name, "wrong", "198.51.100.7")).Refusal.ShouldBe(Refusal.InvalidCredentials);
            var refused = await TryAsync(silo, tenant.Slug, name, SiloHost.OwnerPassword, "198.51.100.7");
            refused.Refusal.ShouldBe(Refusal.TooManyAttempts);
            refused.RetryAfter.ShouldBe(TimeSpan.FromMinutes(1));
        }

        (await TryAsync(silo, tenant.Slug, "owner", SiloHost.OwnerPassword, "192.0.2.1")).Value.ShouldNotBeNull("the owner's own network");
        silo.Time.Advance(TimeSpan.FromMinutes(1));
        (await TryAsync(silo, tenant.Slug, "owner", SiloHost.OwnerPassword, "198.51.100.7")).Value.ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T1")]
    public async Task SignIn_SameNameAtManyTenants_IsSlowedDownAtEachByItself()
    {
        await using var silo = await SiloHost.StartAsync();
        var (one, _) = await silo.NewTenantAsync();
        var (other, _) = await silo.NewTenantAsync();
        foreach (var tenants in new[] { [one.Slug, other.Slug], new[] { "absent-one", "absent-other" } })
        {
            for (var i = 0; i < 5; i++) (await TryAsync(silo, tenants[0], "admin", "wrong", "198.51.100.7")).Refusal.ShouldBe(Refusal.InvalidCredentials);
            (await TryAsync(silo, tenants[0], "admin", "wrong", "198.51.100.7")).Refusal.ShouldBe(Refusal.TooManyAttempts);
            (await TryAsync(silo, tenants[1], "admin", "wrong", "198.51.100.7")).Refusal.ShouldBe(Refusal.InvalidCredentials);
        }
    }

    [Fact, Trait("Threat", "T5"), Trait("Pace", "Slow")]
    public async Task SignIn_ManyWrongAtOnce_EvaluatesFive()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        var tries = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => TryAsync(silo, tenant.Slug, "owner", $"wrong{i}", "198.51.100.7")));
        tries.Count(t => t.Refusal == Refusal.InvalidCredentials).ShouldBe(5);
        tries.Count(t => t.Refusal == Refusal.TooManyAttempts).ShouldBe(55);
    }

    [Fact, Trait("Threat", "T5")]
    public async Task SignIn_ManyRightAtOnce_AllSucceed()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        var tries = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TryAsync(silo, tenant.Slug, "owner", SiloHost.OwnerPassword, "198.51.100.7")));
        tries.ShouldAllBe(t => t.Value != null);
    }

    [Fact, Trait("Threat", "T4")]
    public async Task SignIn_Blocked_IsStillBlockedAfterARestart()
    {
        var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        for (var i = 0; i < 5; i++) await TryAsync(silo, tenant.Slug, "owner", "wrong", "198.51.100.7");
        silo = await silo.RestartAsync();
        await using var _ = silo;
        (await TryAsync(silo, tenant.Slug, "owner", SiloHost.OwnerPassword, "198.51.100.7")).Refusal.ShouldBe(Refusal.TooManyAttempts);
    }

    [Fact, Trait("Threat", "T7")]
    public async Task SignIn_FiveWrong_NotifiesUserAndManagersOnce()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();
        await silo.NewUserAsync(owner, "bob");
        for (var i = 0; i < 12; i++) await TryAsync(silo, tenant.Slug, "bob", "wrong", $"198.51.100.{i}");
        var files = await OutboxFiles.WaitForAsync(silo.Folder, 2);
        files.Select(f => f.Template).Order().ShouldBe([NotificationTemplates.SignInFailures, NotificationTemplates.SignInFailuresOfUser]);
        files.ShouldAllBe(f => f.Data["username"] == "bob" && f.Data["tenant"] == tenant.Slug);
    }

    private static Task<Outcome<SignInResult>> TryAsync(SiloHost silo, string tenant, string username, string password, string ip) => silo.TrySignInFromAsync(ip, tenant, username, password);
}
