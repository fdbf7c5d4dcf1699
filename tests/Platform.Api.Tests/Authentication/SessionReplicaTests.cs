using Platform.Api.Authentication;
using Platform.IpRules;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Api.Tests.Authentication;

/// <summary>A host that has a replica answers as the silo would, without asking it, and only while the silo stands behind it (decision 90).</summary>
public sealed class SessionReplicaTests : IAsyncDisposable
{
    private static readonly TimeSpan Idle = ReplicatedSessions.Policy.IdleTimeout;

    private readonly ReplicatedSessions _silo = new();

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Theory]
    [InlineData(SessionCheckMode.Validate, 0)]
    [InlineData(SessionCheckMode.Peek, 184)]
    [InlineData(SessionCheckMode.Touch, 184)]
    internal async Task Check_OfASessionWithAReplica_AsksNobodyAndAllocatesExactlyItsView(SessionCheckMode mode, int bytes)
    {
        var host = _silo.NewHost();
        var (token, _) = await _silo.OpenAsync(host);
        var asked = _silo.Asked;
        for (var i = 0; i < 2_000; i++) host.Check(token, mode).ShouldBe(SessionState.Live);

        var allocated = Allocations.Of(() =>
        {
            for (var i = 0; i < 1_000; i++) host.Check(token, mode);
        });

        allocated.ShouldBe(bytes * 1_000L);
        _silo.Asked.ShouldBe(asked);
    }

    [Fact]
    public async Task Peek_OfASessionWithAReplica_ShowsWhatItsSiloShows()
    {
        var host = _silo.NewHost();
        var (token, session) = await _silo.OpenAsync(host);

        var shown = (await host.LookAsync(token, SessionCheckMode.Peek)).View.ShouldNotBeNull();

        var view = session.ToView()!;
        (shown with { AuthenticationMethods = view.AuthenticationMethods }).ShouldBe(view);
        shown.AuthenticationMethods.ShouldBe(view.AuthenticationMethods);
    }

    [Fact, Trait("Threat", "T31")]
    public async Task Check_AfterAnEndWasAnswered_IsRefusedByAllHosts()
    {
        ReplicaHost[] hosts = [_silo.NewHost(), _silo.NewHost(), _silo.NewHost()];
        var (token, session) = await _silo.OpenAsync(hosts);

        session.End(SessionState.SignedOut);
        _silo.Live.Remove(session);
        await _silo.Replication.WithdrawAsync(session.Id);

        foreach (var host in hosts) (await host.CheckAsync(token, SessionCheckMode.Validate)).ShouldNotBe(SessionState.Live);
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Check_AfterAKillSwitchWasAnswered_IsRefused()
    {
        var host = _silo.NewHost();
        var (token, _) = await _silo.OpenAsync(host);
        var revoked = ReplicatedSessions.FirstPolicy with { Revision = 2, Epoch = 1 };

        _silo.Tenants.Publish(_silo.Tenant.Id, revoked);
        await _silo.Replication.PublishAsync(_silo.Tenant.Id, revoked);

        (await host.CheckAsync(token, SessionCheckMode.Touch)).ShouldBe(SessionState.TenantRevoked);
    }

    [Fact, Trait("Threat", "T38")]
    public async Task Peek_AfterARoleWasChanged_ShowsTheNewRightsWithoutAskingAnew()
    {
        var host = _silo.NewHost();
        var (token, _) = await _silo.OpenAsync(host);
        var asked = _silo.Asked;
        var changed = ReplicatedSessions.FirstPolicy with { Revision = 2, Roles = [new Role("all", Permissions.Read)] };

        _silo.Tenants.Publish(_silo.Tenant.Id, changed);
        await _silo.Replication.PublishAsync(_silo.Tenant.Id, changed);

        (await host.LookAsync(token, SessionCheckMode.Peek)).View!.Subject.Permissions.ShouldBe(Permissions.Read);
        _silo.Asked.ShouldBe(asked);
    }

    [Fact, Trait("Threat", "T64")]
    public async Task Check_FromAnAddressThatIsNotAllowed_IsLeftToTheOwner()
    {
        var host = _silo.NewHost();
        var (token, session) = await _silo.OpenAsync(host);
        var ruled = ReplicatedSessions.FirstPolicy with
        {
            Revision = 2,
            IpRules = [new IpRule { Cidr = "198.51.100.0/24", Action = IpRuleAction.Allow, Subject = IpRuleSubject.All }],
        };
        _silo.Tenants.Publish(_silo.Tenant.Id, ruled);
        await _silo.Replication.PublishAsync(_silo.Tenant.Id, ruled);

        (await host.CheckAsync(token, SessionCheckMode.Validate, IPAddress.Parse("203.0.113.9"))).ShouldBe(SessionState.IpNotAllowed);
        (await host.CheckAsync(token, SessionCheckMode.Validate, IPAddress.Parse("198.51.100.7"))).ShouldBe(SessionState.Live);
        session.Ended.ShouldBeNull();
    }

    [Fact, Trait("Threat", "T41")]
    public async Task Check_WhenTheLeaseIsOver_AsksTheSilo()
    {
        var host = _silo.NewHost();
        var (token, session) = await _silo.OpenAsync(host);
        _silo.IsGone = true;
        var asked = _silo.Asked;

        _silo.Time.Advance(TimeSpan.FromSeconds(2));
        session.End(SessionState.Revoked);

        (await host.CheckAsync(token, SessionCheckMode.Validate)).ShouldBe(SessionState.Revoked);
        _silo.Asked.ShouldBe(asked + 1);
    }

    [Fact]
    public async Task Touch_OnOneHost_IsPassedOnToTheSiloAndTheOtherHosts()
    {
        var (touching, other) = (_silo.NewHost(), _silo.NewHost());
        var (token, session) = await _silo.OpenAsync(touching, other);
        await _silo.AdvanceAsync(TimeSpan.FromMinutes(1));
        var touchedAt = _silo.Time.GetUtcNow();
        var asked = _silo.Asked;

        (await touching.LookAsync(token, SessionCheckMode.Touch)).View!.LastActivityAt.ShouldBe(touchedAt);
        _silo.Asked.ShouldBe(asked);
        while (session.ToView()!.LastActivityAt != touchedAt) await _silo.AdvanceAsync(TimeSpan.FromMilliseconds(500));
        while ((await other.LookAsync(token, SessionCheckMode.Peek)).View!.LastActivityAt != touchedAt)
        {
            _silo.PassOn();
            await _silo.AdvanceAsync(TimeSpan.FromMilliseconds(500));
        }

        _silo.Asked.ShouldBe(asked);
        session.TakeUnsaved().ShouldBe(touchedAt);
    }

    [Fact]
    public async Task Touch_AfterALongPause_IsReportedAtOnce()
    {
        var host = _silo.NewHost();
        var (token, session) = await _silo.OpenAsync(host);
        await _silo.AdvanceAsync(Idle / 10);
        var touchedAt = _silo.Time.GetUtcNow();

        await host.CheckAsync(token, SessionCheckMode.Touch);

        // The clock stands.
        await ReplicatedSessions.UntilAsync(() => session.ToView()!.LastActivityAt == touchedAt);
    }

    [Fact, Trait("Threat", "T33")]
    public async Task Touch_WithLessTimeLeftThanAReportMayTake_AsksTheSilo()
    {
        var host = _silo.NewHost();
        var (token, session) = await _silo.OpenAsync(host);
        await _silo.AdvanceAsync(Idle - TimeSpan.FromSeconds(5));
        var asked = _silo.Asked;

        (await host.CheckAsync(token, SessionCheckMode.Peek)).ShouldBe(SessionState.Live);
        _silo.Asked.ShouldBe(asked);
        (await host.CheckAsync(token, SessionCheckMode.Touch)).ShouldBe(SessionState.Live);

        _silo.Asked.ShouldBe(asked + 1);
        session.ToView()!.LastActivityAt.ShouldBe(_silo.Time.GetUtcNow());
    }

    [Fact, Trait("Threat", "T33")]
    public async Task Check_OfASessionThatIsIdleHereAndWasTouchedElsewhere_IsLive()
    {
        var host = _silo.NewHost();
        var (token, session) = await _silo.OpenAsync(host);
        await _silo.AdvanceAsync(Idle - TimeSpan.FromSeconds(1));
        session.Touch(session.Origin.SecretHash.AsSpan(), null, _silo.Time.GetUtcNow()).ShouldBe(SessionState.Live);

        _silo.Time.Advance(TimeSpan.FromSeconds(1));

        (await host.CheckAsync(token, SessionCheckMode.Peek)).ShouldBe(SessionState.Live);
    }

    [Theory, Trait("Threat", "T33")]
    [InlineData(0, SessionState.Idle)]
    [InlineData(-1, SessionState.Live)]
    internal async Task Check_AtTheIdleTimeout_IsExact(int ticks, SessionState expected)
    {
        var host = _silo.NewHost();
        var (token, _) = await _silo.OpenAsync(host);

        await _silo.AdvanceAsync(Idle + TimeSpan.FromTicks(ticks));

        (await host.CheckAsync(token, SessionCheckMode.Validate)).ShouldBe(expected);
    }

    [Fact, Trait("Threat", "T71")]
    public async Task Replicas_MoreThanAllowed_TheColdestGoesAndTheSiloForgetsIt()
    {
        var host = _silo.NewHost(maxSessions: 3);
        var opened = new List<(ReadOnlyMemory<char> Token, LiveSession Session)>();
        for (var i = 0; i < 3; i++) opened.Add(await _silo.OpenAsync(host));

        // All of them have been used since they came; the first round only notes that.
        var fourth = await _silo.OpenAsync(host);
        foreach (var (token, _) in opened.Skip(1)) await host.CheckAsync(token, SessionCheckMode.Peek);
        var fifth = await _silo.OpenAsync(host);

        host.Replicas.Count.ShouldBe(3);
        host.Replicas.TryGet(opened[0].Session.Id, out _).ShouldBeFalse("it was asked for least lately");
        host.Replicas.TryGet(fifth.Session.Id, out _).ShouldBeTrue();
        while (_silo.Replication.IsReplicated(opened[0].Session.Id)) await _silo.AdvanceAsync(TimeSpan.FromMilliseconds(500));
        _silo.Replication.IsReplicated(fifth.Session.Id).ShouldBeTrue();
        (await host.CheckAsync(opened[0].Token, SessionCheckMode.Validate)).ShouldBe(SessionState.Live);
        (await host.CheckAsync(fourth.Token, SessionCheckMode.Validate)).ShouldBe(SessionState.Live);
    }

    [Fact]
    public async Task Replicas_OfNone_AsksEachTime()
    {
        var host = _silo.NewHost(maxSessions: 0);
        var (token, _) = await _silo.OpenAsync();

        for (var i = 0; i < 3; i++) (await host.CheckAsync(token, SessionCheckMode.Validate)).ShouldBe(SessionState.Live);

        _silo.Asked.ShouldBe(3);
    }

    [Fact, Trait("Fault", "F4")]
    public async Task Replicas_OfASiloThatIsGone_GoWithIt()
    {
        var host = _silo.NewHost();
        var (_, session) = await _silo.OpenAsync(host);
        _silo.IsGone = true;

        await ReplicatedSessions.UntilAsync(() =>
        {
            _silo.Time.Advance(TimeSpan.FromMilliseconds(300));
            return host.Replicas.Count == 0;
        });
        host.Replicas.TryGet(session.Id, out _).ShouldBeFalse();
    }
}
