using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Notifications;
using Platform.SignIn;
using Platform.Tenants;

namespace Platform.Grains.Tests.SignIn;

/// <summary>One password at many names.</summary>
public sealed class SprayingTests
{
    private const string Network = "198.51.100.";

    [Fact, Trait("Threat", "T6"), Trait("Threat", "T7"), Trait("Threat", "T1")]
    public async Task SignIn_ManyNamesFromOneNetwork_IsSlowedDownAlikeWhetherTheTenantExistsAndTheOwnerIsNot()
    {
        await using var silo = await StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();
        foreach (var (slug, addresses) in new[] { (tenant.Slug, Network), ("made-up", "203.0.113.") })
        {
            for (var i = 0; i < 20; i++) (await TryAsync(silo, slug, $"name{i}", addresses + i)).Refusal.ShouldBe(Refusal.InvalidCredentials);
            var refused = await TryAsync(silo, slug, "name20", addresses + 20);
            (refused.Refusal, refused.RetryAfter).ShouldBe((Refusal.TooManyAttempts, TimeSpan.FromMinutes(15)));
        }

        (await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword)).Session.ShouldNotBeNull();
        await silo.NewUserAsync(owner, "newcomer");
        (await TryAsync(silo, tenant.Slug, "newcomer", "192.0.2.77", SiloHost.OwnerPassword)).Value.ShouldNotBeNull();
        (await TryAsync(silo, tenant.Slug, "newcomer", "100.64.0.1", SiloHost.OwnerPassword)).Value.ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T5"), Trait("Threat", "T6")]
    public async Task SignIn_ManyNamesAtOnce_EvaluatesNoMoreThanTheBudget()
    {
        await using var silo = await StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        var tries = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => TryAsync(silo, tenant.Slug, $"name{i}", Network + i)));
        tries.Count(t => t.Refusal == Refusal.InvalidCredentials).ShouldBe(20);
        tries.Count(t => t.Refusal == Refusal.TooManyAttempts).ShouldBe(40);
    }

    [Fact, Trait("Threat", "T6")]
    public async Task SignIn_ManyTenantsFromOneNetwork_IsSlowedDownAtAllOfThem()
    {
        await using var silo = await StartAsync();
        var tries = new List<Refusal>();
        for (var i = 0; i < 70; i++) tries.Add((await TryAsync(silo, $"made-up-{i}", "admin", Network + i)).Refusal);
        tries.Take(60).ShouldAllBe(refusal => refusal == Refusal.InvalidCredentials);
        tries.Skip(60).ShouldAllBe(refusal => refusal == Refusal.TooManyAttempts);
    }

    [Fact, Trait("Threat", "T6"), Trait("Threat", "T7")]
    public async Task SignIn_ManyNamesFromManyNetworks_TellsManagersAndOperatorsOnceAndLetsHonestOnesIn()
    {
        await using var silo = await StartAsync(options => options.FailuresPerTenant = 30);
        (await silo.Grains.TenantRegistration().EnsurePlatformAsync(PrefixedId.New<TenantId>(TimeProvider.System), SiloHost.OwnerPassword, default)).ShouldBe(BootstrapResult.Created);
        var (tenant, owner) = await silo.NewTenantAsync();
        await silo.NewUserAsync(owner, "newcomer");
        for (var i = 0; i < 80; i++) await TryAsync(silo, tenant.Slug, $"name{i}", $"10.0.{i}.1");

        var told = await OutboxFiles.WaitForAsync(silo.Folder, 2, file => file.Template == NotificationTemplates.SignInsSprayed);
        told.Select(file => file.To).Order().ShouldBe(["operator@platform.invalid", "owner@example.com"]);
        told.ShouldAllBe(file => file.Data["tenant"] == tenant.Slug && file.Data["network"] == "10.0.29.0/24");
        for (var i = 0; i < 3; i++) (await TryAsync(silo, tenant.Slug, $"other{i}", "10.1.0.1")).Refusal.ShouldBe(Refusal.InvalidCredentials);
        (await TryAsync(silo, tenant.Slug, "other", "10.1.0.1")).Refusal.ShouldBe(Refusal.TooManyAttempts);
        (await TryAsync(silo, tenant.Slug, "newcomer", "10.2.0.1", SiloHost.OwnerPassword)).Value.ShouldNotBeNull();
        (await EventsAsync(silo, owner)).Count(e => e.Reason == StrangerGuardGrain.SprayedReason).ShouldBe(1);
    }

    [Fact, Trait("Threat", "T6")]
    public async Task SignIn_MoreFailuresThanALogTells_TellsTheOthersTogether()
    {
        await using var silo = await StartAsync(options => options.LoggedFailures = 5);
        var (tenant, owner) = await silo.NewTenantAsync();
        for (var i = 0; i < 30; i++) (await TryAsync(silo, tenant.Slug, $"name{i}", $"10.0.{i}.1")).Refusal.ShouldBe(Refusal.InvalidCredentials);
        silo.Time.Advance(TimeSpan.FromMinutes(1));
        await silo.Grains.PasswordReset().ForgotAsync(tenant.Slug, "nobody", new ClientInfo("10.3.0.1", "tests"), default);

        // What the owner gets wrong from where he signs in is told by itself.
        (await silo.TrySignInAsync(tenant.Slug, "owner", "wrong", SiloHost.NewSecretHash(out _))).Refusal.ShouldBe(Refusal.InvalidCredentials);
        var failures = (await EventsAsync(silo, owner)).Where(e => e.Outcome == AuditOutcome.Failure).ToArray();
        failures.Where(e => e.Reason == FailedAttempts.UnknownUser).Count().ShouldBe(5);
        failures.Where(e => e.Reason == FailedAttempts.NotToldSingly).Select(e => e.Changes.Single()).ShouldBe([new AuditChange("/attempts", null, "1"), new AuditChange("/attempts", null, "25")], ignoreOrder: true);
        failures.Count(e => e.Reason == "wrong_password").ShouldBe(1);
    }

    private static Task<SiloHost> StartAsync(Action<SignInOptions>? set = null) => SiloHost.StartAsync(services =>
    {
        CheapHashing.Put(services);
        if (set is not null) services.Configure(set);
    });

    private static async Task<IReadOnlyList<AuditEvent>> EventsAsync(SiloHost silo, Actor owner) =>
        (await silo.Grains.AuditReader().ReadAsync(owner, owner.TenantId, AuditFilter.All, null, default)).Value!.Items;

    private static Task<Outcome<SignInResult>> TryAsync(SiloHost silo, string tenant, string username, string ip, string password = "Summer-2026-x") =>
        silo.TrySignInFromAsync(ip, tenant, username, password);
}
