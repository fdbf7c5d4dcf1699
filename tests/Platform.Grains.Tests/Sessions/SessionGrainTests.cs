using Platform.Grains.Tests.Hosting;
using Platform.Sessions;

namespace Platform.Grains.Tests.Sessions;

public sealed class SessionGrainTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    [Fact, Trait("Threat", "T38")]
    public async Task Peek_AfterIdleTimeout_IsRefusedAlsoByTheGrain()
    {
        await using var silo = await SiloHost.StartAsync();
        var (session, hash) = await OpenAsync(silo);
        silo.Time.Advance(Idle - TimeSpan.FromSeconds(1));
        (await silo.Grains.Session(session.Id).PeekAsync(hash, null, null, default)).State.ShouldBe(SessionState.Live);
        silo.Time.Advance(TimeSpan.FromSeconds(1));
        (await silo.Grains.Session(session.Id).PeekAsync(hash, null, null, default)).State.ShouldBe(SessionState.Idle);
        (await silo.Grains.Session(session.Id).TouchAsync(hash, null, null, default)).State.ShouldNotBe(SessionState.Live);
    }

    [Fact, Trait("Threat", "T38")]
    public async Task ReportRefused_OfAnExpiredSession_LeavesNothingForAClockThatGoesBackToRevive()
    {
        await using var silo = await SiloHost.StartAsync();
        var (session, hash) = await OpenAsync(silo);
        silo.Time.Advance(Idle);
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Idle);

        await silo.Grains.Session(session.Id).ReportRefusedAsync(hash, elsewhere: null, SiloHost.Client, default);
        silo.Time.StepBack(TimeSpan.FromMinutes(20));

        (await silo.Grains.Session(session.Id).PeekAsync(hash, null, null, default)).State.ShouldBe(SessionState.Idle);
    }

    [Fact]
    public async Task Touch_ThenRestart_KeepsTheActivityClock()
    {
        var silo = await SiloHost.StartAsync();
        var (session, hash) = await OpenAsync(silo);
        silo.Time.Advance(TimeSpan.FromMinutes(20));
        var touched = await silo.Grains.Session(session.Id).TouchAsync(hash, null, null, default);
        touched.View!.IdleExpiresAt.ShouldBe(silo.Time.GetUtcNow() + Idle);

        silo = await silo.RestartAsync();
        await using var _ = silo;
        silo.Live.Count.ShouldBe(0);
        silo.Time.Advance(TimeSpan.FromMinutes(20));
        var peeked = await silo.Grains.Session(session.Id).PeekAsync(hash, null, null, default);
        peeked.State.ShouldBe(SessionState.Live);
        peeked.View!.LastActivityAt.ShouldBe(touched.View.LastActivityAt);
        peeked.View.Subject.Username.ShouldBe("owner");
        silo.Time.Advance(TimeSpan.FromMinutes(10));
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Idle);
    }

    [Fact, Trait("Threat", "T31")]
    public async Task SignOut_ThenRestart_StaysRefused()
    {
        var silo = await SiloHost.StartAsync();
        var (session, hash) = await OpenAsync(silo);
        await silo.Grains.Session(session.Id).SignOutAsync(hash, null, default);
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.SignedOut);
        silo.Live.Count.ShouldBe(0);

        silo = await silo.RestartAsync();
        await using var _ = silo;
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.SignedOut);
    }

    [Fact]
    public async Task SignOut_WithAnotherSecret_ChangesNothing()
    {
        await using var silo = await SiloHost.StartAsync();
        var (session, hash) = await OpenAsync(silo);
        await silo.Grains.Session(session.Id).SignOutAsync(SiloHost.NewSecretHash(out var _), null, default);
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Live);
    }

    [Fact]
    public async Task Sweep_ExpiredSessions_LeaveMemoryAndStorageWithTheirReason()
    {
        await using var silo = await SiloHost.StartAsync();
        var (session, hash) = await OpenAsync(silo);
        silo.Live.Count.ShouldBe(1);
        silo.Time.Advance(Idle);
        await silo.Service<SessionSweeper>().SweepAsync(default);
        silo.Live.Count.ShouldBe(0);
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Unknown);

        var (again, _) = await silo.SignInAsync(session.TenantId.ToString(), "owner", SiloHost.OwnerPassword);
        var list = await silo.Grains.Listing().ListSessionsAsync(SiloHost.ActorOf(again!), session.UserId, SessionFilter.All, new PageRequest(50, null), default);
        list.Value!.Items.Select(i => (i.Id, i.State)).ShouldBe([(again!.Id, SessionState.Live), (session.Id, SessionState.Idle)]);
    }

    [Fact]
    public async Task Sweep_AfterRetention_NothingOfTheSessionStays()
    {
        await using var silo = await SiloHost.StartAsync();
        var (session, hash) = await OpenAsync(silo);
        await silo.Grains.Session(session.Id).SignOutAsync(hash, null, default);
        silo.Time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        await silo.Service<Platform.Tenants.RetentionWorker>().ApplyAsync(default);
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Unknown);
        (await silo.Service<SessionTable>().ListAsync(session.TenantId, session.UserId, new PageRequest(50, null), default)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Live_LongerThanTheCollectionAge_StaysInMemory()
    {
        await using var silo = await SiloHost.StartAsync();
        var (session, hash) = await OpenAsync(silo);
        var management = silo.Grains.GetGrain<IManagementGrain>(0);
        for (var now = TimeSpan.Zero; now < TimeSpan.FromHours(2); now += TimeSpan.FromMinutes(20))
        {
            silo.Time.Advance(TimeSpan.FromMinutes(20));
            await management.ForceActivationCollection(TimeSpan.FromMinutes(5));
            silo.Live.TryGet(session.Id, out var live).ShouldBeTrue();
            live!.Touch(hash.AsSpan(), null, silo.Time.GetUtcNow()).ShouldBe(SessionState.Live);
        }
    }

    [Fact, Trait("Threat", "T30")]
    public async Task Rotate_LiveSession_OldSecretIsRefusedNewOneAccepted()
    {
        await using var silo = await SiloHost.StartAsync();
        var (session, old) = await OpenAsync(silo);
        var fresh = SiloHost.NewSecretHash(out _);
        (await silo.Grains.Session(session.Id).RotateAsync(fresh, default)).ShouldBeTrue();
        (await silo.PeekAsync(session.Id, old)).ShouldBe(SessionState.Unknown);
        (await silo.PeekAsync(session.Id, fresh)).ShouldBe(SessionState.Live);
    }

    private static async Task<(SessionView Session, System.Collections.Immutable.ImmutableArray<byte> Hash)> OpenAsync(SiloHost silo)
    {
        var (tenant, owner) = await silo.NewTenantAsync();
        (await silo.Grains.User(owner.UserId).EndSessionsAsync(owner, null, default)).Succeeded.ShouldBeTrue();
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        // The first session of the owner is history; tests count from here.
        var rows = await silo.Service<SessionTable>().ListAsync(tenant.Id, owner.UserId, new PageRequest(50, null), default);
        await silo.Service<SessionTable>().RemoveAsync([.. rows.Items.Select(i => i.Id).Where(i => i != session!.Id)], default);
        return (session!, hash);
    }
}
