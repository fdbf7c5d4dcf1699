using Platform.Clocks;
using Platform.Grains.Tests.Hosting;
using Platform.SecondFactors;
using Platform.Security;
using Platform.Sessions;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Grains.Tests.Sessions;

/// <summary>Sessions and what opens them under a system clock that was ahead and is corrected.</summary>
public sealed class SessionClockTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Absolute = TimeSpan.FromHours(24);

    public static TheoryData<TimeSpan> Ahead { get; } = [TimeSpan.FromHours(1), TimeSpan.FromDays(365)];

    [Theory, MemberData(nameof(Ahead)), Trait("Threat", "T39"), Trait("Fault", "F9")]
    public async Task Session_OpenedUnderAClockAhead_LivesNoLongerThanOneOpenedNow(TimeSpan ahead)
    {
        var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        silo.Time.Advance(ahead);
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        silo.Time.StepBack(ahead);
        var corrected = silo.Time.GetUtcNow();

        // Still of use, but not a proof of a moment ago.
        var seen = (await silo.Grains.Session(session!.Id).TouchAsync(hash, null, null, default)).View.ShouldNotBeNull();
        seen.AbsoluteExpiresAt.ShouldBeLessThanOrEqualTo(corrected + Absolute);
        seen.IdleExpiresAt.ShouldBeLessThanOrEqualTo(corrected + Idle);
        (await silo.Grains.SecondFactors(session.UserId).BeginTotpAsync(SiloHost.ActorOf(seen), default)).Refusal.ShouldNotBe(Refusal.None);
        StoredTime.IsWithin(SiloHost.ActorOf(seen).AuthenticatedAt, SecondFactorRules.Freshness, corrected).ShouldBeFalse();

        // The list is corrected, too, and the sweeper does not wait for a year.
        await silo.Service<SessionSweeper>().SweepAsync(default);
        var row = (await silo.Service<SessionTable>().ListAsync(tenant.Id, session.UserId, new PageRequest(50, null), default)).Items.Single(item => item.Id == session.Id);
        if (ahead > Absolute) row.CreatedAt.ShouldBe(seen.CreatedAt);

        silo = await silo.RestartAsync(TimeSpan.FromMinutes(20));
        await using var _ = silo;
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Live);
        silo.Time.Advance(Idle);
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Idle);
    }

    [Theory, MemberData(nameof(Ahead)), Trait("Threat", "T39"), Trait("Fault", "F9")]
    public async Task Session_OfAClockAheadThatNobodyAsksFor_IsSweptInItsTime(TimeSpan ahead)
    {
        var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        silo.Time.Advance(ahead);
        var (session, _) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        silo.Time.StepBack(ahead);
        silo = await silo.RestartAsync();
        await using var _ = silo;

        await silo.Service<SessionSweeper>().SweepAsync(default);
        silo.Time.Advance(Absolute + TimeSpan.FromHours(1));
        await silo.Service<SessionSweeper>().SweepAsync(default);
        await silo.Service<SessionSweeper>().SweepAsync(default);

        var row = (await silo.Service<SessionTable>().ListAsync(tenant.Id, session!.UserId, new PageRequest(50, null), default)).Items.Single(item => item.Id == session.Id);
        row.State.ShouldBeOneOf(SessionState.Idle, SessionState.Absolute);
    }

    [Fact, Trait("Threat", "T39"), Trait("Fault", "F9")]
    public async Task Session_TouchedUnderAClockAhead_IsIdleInItsTime()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        silo.Time.Advance(TimeSpan.FromMinutes(20));
        (await silo.Grains.Session(session!.Id).TouchAsync(hash, null, null, default)).State.ShouldBe(SessionState.Live);
        silo.Time.StepBack(TimeSpan.FromMinutes(20));
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Live);

        silo.Time.Advance(Idle);
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Idle);
    }

    [Fact, Trait("Threat", "T39"), Trait("Fault", "F9")]
    public async Task Expiry_ThatWasAnswered_StaysAfterAStepBackAndARestart()
    {
        var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        silo.Time.Advance(Idle);
        (await silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.Idle);

        silo.Time.StepBack(TimeSpan.FromMinutes(20));
        silo = await silo.RestartAsync();
        await using var _ = silo;
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Idle);
        var row = (await silo.Service<SessionTable>().ListAsync(tenant.Id, session.UserId, new PageRequest(50, null), default)).Items.Single(item => item.Id == session.Id);
        row.State.ShouldBeOneOf(SessionState.Idle, SessionState.Live);
    }

    [Theory, MemberData(nameof(Ahead)), Trait("Threat", "T39"), Trait("Fault", "F9")]
    public async Task ResetLink_OfAClockAhead_OpensNothingAndANewOneCanBeSent(TimeSpan ahead)
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        silo.Time.Advance(ahead);
        for (var i = 0; i < 3; i++) await silo.Grains.PasswordReset().ForgotAsync(tenant.Slug, "owner", SiloHost.Client, default);
        var early = (await OutboxFiles.WaitForAsync(silo.Folder, 3)).Last(file => file.Template == "password_reset").Data["token"];
        silo.Time.StepBack(ahead);
        (await ResetAsync(silo, early)).Refusal.ShouldBe(Refusal.InvalidToken);

        // Three links an hour, from now.
        await silo.Grains.PasswordReset().ForgotAsync(tenant.Slug, "owner", SiloHost.Client, default);
        silo.Time.Advance(TimeSpan.FromHours(1));
        await silo.Grains.PasswordReset().ForgotAsync(tenant.Slug, "owner", SiloHost.Client, default);
        var fresh = (await OutboxFiles.WaitForAsync(silo.Folder, 4)).Where(file => file.Template == "password_reset").Select(file => file.Data["token"]);
        var outcomes = new List<bool>();
        foreach (var token in fresh) outcomes.Add((await ResetAsync(silo, token)).Succeeded);
        outcomes.Count(succeeded => succeeded).ShouldBe(1);
    }

    [Theory, MemberData(nameof(Ahead)), Trait("Threat", "T39"), Trait("Fault", "F9")]
    public async Task SessionPolicy_ChangedUnderAClockAhead_ShutsNobodyOut(TimeSpan ahead)
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        silo.Time.Advance(ahead);
        var (manager, _) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        var change = new TenantChange { SessionPolicy = new SessionPolicyChange { IdleTimeout = TimeSpan.FromMinutes(5) } };
        (await silo.Grains.Tenant(tenant.Id).ChangeAsync(SiloHost.ActorOf(manager!), change, default)).Refusal.ShouldBe(Refusal.None);
        silo.Time.StepBack(ahead);

        var (session, hash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        (await silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.Live);
        silo.Time.Advance(TimeSpan.FromMinutes(5));
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Idle);
    }

    private static Task<Outcome> ResetAsync(SiloHost silo, string token)
    {
        PasswordResetToken.TryOpen(silo.Service<MasterKey>(), token, out var user, out var hash).ShouldBeTrue();
        return silo.Grains.PasswordReset().ResetAsync(new PasswordReset { UserId = user, SecretHash = hash, NewPassword = "Loud-Mountain-92" }, default);
    }
}
