using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Platform.Grains.Tests.Hosting;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Telemetry;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Grains.Tests.Sessions;

public sealed class SignInGrainTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private SiloHost Silo => fixture.Silo;

    [Fact, Trait("Threat", "T1"), Trait("Threat", "T2")]
    public async Task SignIn_WhateverIsWrong_IsOneRefusalAndExactlyOneHash()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var bob = await Silo.NewUserAsync(owner, "bob");
        (await Silo.Grains.User(bob.Id).ChangeAsync(owner, new UserChange { Status = UserStatus.Disabled }, default)).Value.ShouldNotBeNull();
        (string Tenant, string User, string Password)[] wrong =
        [
            ("no-such-tenant", "owner", SiloHost.OwnerPassword),
            ("Not A Slug", "owner", SiloHost.OwnerPassword),
            (tenant.Slug, "nobody", SiloHost.OwnerPassword),
            (tenant.Slug, "not a name", SiloHost.OwnerPassword),
            (tenant.Slug, "owner", "wrong"),
            (tenant.Slug, "owner", ""),
            (tenant.Slug, "bob", SiloHost.OwnerPassword),
            (default(TenantId).ToString(), "owner", SiloHost.OwnerPassword),
        ];
        foreach (var (slug, user, password) in wrong)
        {
            using var hashes = new Counted(Silo, "platform.password.hashes");
            var outcome = await Silo.TrySignInAsync(slug, user, password, SiloHost.NewSecretHash(out _));
            outcome.Refusal.ShouldBe(Refusal.InvalidCredentials, $"{slug}/{user}");
            outcome.Errors.ShouldBeEmpty();
            hashes.Total.ShouldBe(1, $"{slug}/{user}");
        }
    }

    [Fact]
    public async Task SignIn_SuspendedTenant_IsRefusedUntilActiveAgain()
    {
        var (tenant, _) = await Silo.NewTenantAsync();
        var grain = Silo.Grains.Tenant(tenant.Id);
        (await grain.ChangeAsync(SiloHost.OperatorActor, new TenantChange { Status = TenantStatus.Suspended }, default)).Value.ShouldNotBeNull();
        (await Silo.TrySignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword, SiloHost.NewSecretHash(out _))).Refusal.ShouldBe(Refusal.InvalidCredentials);
        (await grain.ChangeAsync(SiloHost.OperatorActor, new TenantChange { Status = TenantStatus.Active }, default)).Value.ShouldNotBeNull();
        (await Silo.SignInAsync(tenant.Slug, "OWNER", SiloHost.OwnerPassword)).Session.ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T13")]
    public async Task SignIn_PasswordTypedDecomposed_IsTheSamePassword()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        await Silo.Grains.UserRegistration().CreateAsync(
            owner,
            new NewUser { TenantId = owner.TenantId, Username = "uwe", Email = "uwe@example.com", Password = "Gr\u00fcn-Haus-77", Permissions = Permissions.Read },
            default);
        (await Silo.SignInAsync(owner.TenantId.ToString(), "uwe", "Gru\u0308n-Haus-77")).Session.ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T10")]
    public async Task SignIn_PasswordsThatDifferLate_AreDifferent()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        var password = "Aa1-" + new string('x', 100) + "a\0b";
        await Silo.Grains.UserRegistration().CreateAsync(
            owner,
            new NewUser { TenantId = owner.TenantId, Username = "ida", Email = "ida@example.com", Password = password, Permissions = Permissions.Read },
            default);
        var tenant = owner.TenantId.ToString();
        (await Silo.SignInAsync(tenant, "ida", password)).Session.ShouldNotBeNull();
        (await Silo.SignInAsync(tenant, "ida", password[..^1] + "c")).Session.ShouldBeNull();
        (await Silo.SignInAsync(tenant, "ida", password[..^2])).Session.ShouldBeNull();
    }

    [Fact, Trait("Threat", "T43")]
    public async Task SignIn_OverTheMaximum_EndsTheOldestLiveSession()
    {
        await using var silo = await SiloHost.StartAsync(("Platform:Sessions:MaxSessionsPerUser", "3"));
        var (tenant, _) = await silo.NewTenantAsync();
        var opened = new List<(SessionView? Session, System.Collections.Immutable.ImmutableArray<byte> Hash)>();
        for (var i = 0; i < 4; i++) opened.Add(await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword));
        silo.Live.Count.ShouldBe(3);
        (await silo.PeekAsync(opened[0].Session!.Id, opened[0].Hash)).ShouldBe(SessionState.Revoked);
        foreach (var (session, hash) in opened.Skip(1)) (await silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.Live);
    }

    [Fact, Trait("Threat", "T11")]
    public async Task SignIn_HashingLaneFull_IsBusyAndHashesNothing()
    {
        await using var silo = await SiloHost.StartAsync(("Platform:Passwords:QueueLimit", "1"), ("Platform:Passwords:Threads", "1"));
        var (tenant, _) = await silo.NewTenantAsync();
        var tries = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            silo.TrySignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword, SiloHost.NewSecretHash(out var _))));
        tries.Count(t => t.Value is not null).ShouldBeGreaterThan(0);
        tries.Where(t => t.Value is null).ShouldAllBe(t => t.Refusal == Refusal.Busy);
        tries.Count(t => t.Refusal == Refusal.Busy).ShouldBeGreaterThan(10);
    }

    /// <summary>A line of one is full of them all the time; the owner was here before.</summary>
    [Fact, Trait("Threat", "T11")]
    public async Task SignIn_StrangersStorm_TheOwnerSignsInFromWhereHeDidBefore()
    {
        await using var silo = await SiloHost.StartAsync(("Platform:Passwords:QueueLimit", "1"), ("Platform:Passwords:Threads", "1"));
        var (tenant, _) = await silo.NewTenantAsync();
        var storm = Enumerable.Range(0, 60).Select(i => silo.TrySignInFromAsync($"198.51.{i}.7", $"made-up-{i}", "admin", "x")).ToArray();
        (await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword)).Session.ShouldNotBeNull();
        (await Task.WhenAll(storm)).Count(refused => refused.Refusal == Refusal.Busy).ShouldBeGreaterThan(0);
    }

    [Fact, Trait("Threat", "T32")]
    public async Task SignIn_Repeated_NeverReusesASession()
    {
        var (tenant, _) = await Silo.NewTenantAsync();
        var sessions = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword)));
        sessions.Select(s => s.Session!.Id).Distinct().Count().ShouldBe(5);
    }

    /// <summary>Counts one instrument of one silo, exactly.</summary>
    private sealed class Counted(SiloHost silo, string instrument) : IDisposable
    {
        private readonly MetricCollector<long> _collector = new(silo.Service<IMeterFactory>(), PlatformMetrics.MeterName, instrument);

        public long Total => _collector.GetMeasurementSnapshot().Sum(measured => measured.Value);

        public void Dispose() => _collector.Dispose();
    }
}
