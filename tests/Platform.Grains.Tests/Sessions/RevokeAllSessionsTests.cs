using Platform.Grains.Tests.Hosting;
using Platform.Internal;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Grains.Tests.Sessions;

/// <summary>What happens to all sessions of a tenant at once: one write, and it holds for the very next validation.</summary>
public sealed class RevokeAllSessionsTests
{
    private const int Many = 20_000;
    private const int PerUser = 100;

    [Fact, Trait("Threat", "T40"), Trait("Pace", "Slow")]
    public async Task Revoke_ManySessions_IsOneWriteAndHoldsForEachOfThem()
    {
        // The sweeper's own rounds come too late to be counted.
        await using var silo = await SiloHost.StartAsync(("Platform:Sessions:SweepInterval", "00:01:00"));
        var (tenant, owner) = await silo.NewTenantAsync();
        var (_, stranger) = await silo.NewTenantAsync();
        var ids = await OpenAsync(silo, tenant.Id, Many);
        silo.Live.Count.ShouldBe(Many + 2);
        CountLive(silo).ShouldBe(Many + 2);

        using (var counter = new StorageCounter(silo))
        {
            (await silo.Grains.Tenant(tenant.Id).RevokeSessionsAsync(owner, default)).Succeeded.ShouldBeTrue();
            CountLive(silo).ShouldBe(1);
            // The epoch, and before it the entry in the access log.
            counter.Writes.ShouldBe(2);
        }

        silo.Live.TryGet(stranger.SessionId, out var other).ShouldBeTrue();
        other!.Evaluate(silo.Time.GetUtcNow()).ShouldBe(SessionState.Live);
        silo.Live.TryGet(ids[^1], out var one).ShouldBeTrue();
        one!.Evaluate(silo.Time.GetUtcNow()).ShouldBe(SessionState.TenantRevoked);

        await silo.Service<SessionSweeper>().SweepAsync(default);
        silo.Live.Count.ShouldBe(1);
    }

    /// <summary>
    /// The records as session grains publish them, without the grains (opening that many takes minutes): five times as many as above, the same two writes, and none
    /// of them accepted after the answer.
    /// </summary>
    [Fact, Trait("Threat", "T40"), Trait("Threat", "T31")]
    public async Task Revoke_HundredThousandRecordsUnderValidation_CostsTwoWritesAndLeavesNoStaleAccept()
    {
        await using var silo = await SiloHost.StartAsync(("Platform:Sessions:SweepInterval", "00:01:00"));
        var (tenant, owner) = await silo.NewTenantAsync();
        silo.Service<LiveTenants>().TryGet(tenant.Id, out var snapshot).ShouldBeTrue();
        var sessions = Enumerable.Range(0, 5 * Many).Select(_ => Publish(silo, snapshot!, owner)).ToArray();
        var (answered, stale, accepted) = (0, 0L, 0L);
        using var running = new CountdownEvent(2);
        var loops = Enumerable.Range(0, 2).Select(worker => Task.Factory.StartNew(() => Validate(worker), TaskCreationOptions.LongRunning)).ToArray();
        running.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();

        using (var counter = new StorageCounter(silo))
        {
            (await silo.Grains.Tenant(tenant.Id).RevokeSessionsAsync(owner, default)).Succeeded.ShouldBeTrue();
            Volatile.Write(ref answered, 1);
            counter.Writes.ShouldBe(2);
        }

        await Task.WhenAll(loops).WaitAsync(TimeSpan.FromSeconds(60));
        stale.ShouldBe(0);
        accepted.ShouldBeGreaterThan(0);

        // Each worker asks until it has asked every session once after the answer.
        void Validate(int worker)
        {
            var now = silo.Time.GetUtcNow();
            for (var (i, after) = (worker, 0); after < sessions.Length; i++)
            {
                var begunAfter = Volatile.Read(ref answered) == 1;
                var session = sessions[i % sessions.Length];
                var live = session.Peek(session.Origin.SecretHash.AsSpan(), null, now) == SessionState.Live;
                if (begunAfter) after++;
                if (live) Interlocked.Increment(ref begunAfter ? ref stale : ref accepted);
                if (i == worker) running.Signal();
            }
        }
    }

    [Fact, Trait("Threat", "T40"), Trait("Threat", "T31"), Trait("Pace", "Slow")]
    public async Task Revoke_WhileManyValidate_NothingIsAcceptedAfterTheAnswer()
    {
        await using var silo = await SiloHost.StartAsync();
        var stale = 0L;
        var accepted = 0L;
        for (var round = 0; round < 20; round++)
        {
            var (tenant, owner) = await silo.NewTenantAsync();
            var ids = await OpenAsync(silo, tenant.Id, 50);
            var revoked = 0;
            using var running = new CountdownEvent(2);
            var loops = Enumerable.Range(0, 2).Select(worker => Task.Factory.StartNew(
                () =>
                {
                    running.Signal();
                    for (var i = worker; ; i++)
                    {
                        var answered = Volatile.Read(ref revoked) == 1;
                        if (!silo.Live.TryGet(ids[i % ids.Length], out var session)) continue;
                        var live = session.Touch(session.Origin.SecretHash.AsSpan(), null, silo.Time.GetUtcNow()) == SessionState.Live;
                        if (live) Interlocked.Increment(ref accepted);
                        if (live && answered) Interlocked.Increment(ref stale);
                        if (answered && i > 10_000) return;
                    }
                },
                TaskCreationOptions.LongRunning)).ToArray();
            running.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
            (await silo.Grains.Tenant(tenant.Id).RevokeSessionsAsync(owner, default)).Succeeded.ShouldBeTrue();
            Volatile.Write(ref revoked, 1);
            await Task.WhenAll(loops).WaitAsync(TimeSpan.FromSeconds(60));
        }

        stale.ShouldBe(0);
        accepted.ShouldBeGreaterThan(0);
    }

    [Fact, Trait("Threat", "T40"), Trait("Threat", "T31")]
    public async Task Revoke_ThenRestart_StaysRefusedAndIsSweptWithItsReason()
    {
        var silo = await SiloHost.StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();
        var (before, beforeHash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        (await silo.Grains.Tenant(tenant.Id).RevokeSessionsAsync(owner, default)).Succeeded.ShouldBeTrue();
        var (after, afterHash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);

        silo = await silo.RestartAsync();
        await using var _ = silo;
        (await silo.PeekAsync(before!.Id, beforeHash)).ShouldBe(SessionState.TenantRevoked);
        (await silo.PeekAsync(after!.Id, afterHash)).ShouldBe(SessionState.Live);

        silo.Time.Advance(TimeSpan.FromMinutes(20));
        (await silo.Grains.Session(after.Id).TouchAsync(afterHash, null, null, default)).State.ShouldBe(SessionState.Live);
        silo.Time.Advance(TimeSpan.FromMinutes(10));
        await silo.Service<SessionSweeper>().SweepAsync(default);
        var list = (await silo.Grains.Listing().ListSessionsAsync(SiloHost.ActorOf(after), owner.UserId, SessionFilter.All, new PageRequest(50, null), default)).Value!.Items;
        list.Single(s => s.Id == before.Id).State.ShouldBe(SessionState.TenantRevoked);
        list.Single(s => s.Id == before.Id).EndedAt.ShouldNotBeNull();
        list.Single(s => s.Id == after.Id).State.ShouldBe(SessionState.Live);
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Open_UnderAnEpochThatIsOver_OpensNothing()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();
        var user = await NewAccountAsync(silo, tenant.Id, 0);
        var opening = Opening(epoch: 0);
        (await silo.Grains.Tenant(tenant.Id).RevokeSessionsAsync(owner, default)).Succeeded.ShouldBeTrue();

        (await silo.Grains.UserInternal(user).CompletePasswordAsync(opening, default)).Refusal.ShouldBe(Refusal.InvalidCredentials);
        (await silo.Grains.UserInternal(user).CompletePasswordAsync(opening with { TenantEpoch = 1 }, default)).Value.ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Suspend_EndsEverySessionForGood()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        var grain = silo.Grains.Tenant(tenant.Id);
        (await grain.ChangeAsync(SiloHost.OperatorActor, new TenantChange { Status = TenantStatus.Suspended }, default)).Value.ShouldNotBeNull();
        (await silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.TenantRevoked);
        (await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword)).Session.ShouldBeNull();

        (await grain.ChangeAsync(SiloHost.OperatorActor, new TenantChange { Status = TenantStatus.Active }, default)).Value.ShouldNotBeNull();
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.TenantRevoked);
        (await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword)).Session.ShouldNotBeNull();
    }

    /// <summary>Also for sessions that are not in memory, and without a write for any of them.</summary>
    [Fact, Trait("Threat", "T40")]
    public async Task Policy_Changed_HoldsForLiveAndStoredSessions()
    {
        var silo = await SiloHost.StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        using (var counter = new StorageCounter(silo))
        {
            await SetIdleAsync(silo, owner, TimeSpan.FromHours(2));
            counter.Writes.ShouldBe(3); // The entry in the access log, the tenant and its row in the list.
        }

        silo.Time.Advance(TimeSpan.FromMinutes(90));
        await silo.Service<SessionSweeper>().SweepAsync(default);
        (await silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.Live);

        silo = await silo.RestartAsync();
        await using var _ = silo;
        await silo.Service<SessionSweeper>().SweepAsync(default);
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Live);
        await SetIdleAsync(silo, owner, TimeSpan.FromMinutes(30));
        (await silo.PeekAsync(session.Id, hash)).ShouldBe(SessionState.Idle);
    }

    private static async Task SetIdleAsync(SiloHost silo, Actor owner, TimeSpan idle) =>
        (await silo.Grains.Tenant(owner.TenantId).ChangeAsync(owner, new TenantChange { SessionPolicy = new SessionPolicyChange { IdleTimeout = idle } }, default)).Value.ShouldNotBeNull();

    /// <summary>As sign-in opens them once the password was found right.</summary>
    private static async Task<SessionId[]> OpenAsync(SiloHost silo, TenantId tenant, int count)
    {
        var ids = new SessionId[count];
        var users = await Task.WhenAll(Enumerable.Range(0, (count + PerUser - 1) / PerUser).Select(i => NewAccountAsync(silo, tenant, i)));
        // Users in turn: sessions of one user are opened one after the other, and would wait for each other longer than a call may.
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (i, _) =>
            ids[i] = (await silo.Grains.UserInternal(users[i % users.Length]).CompletePasswordAsync(Opening(epoch: 0), default)).Value!.Session!.Id);
        return ids;
    }

    private static async Task<UserId> NewAccountAsync(SiloHost silo, TenantId tenant, int number)
    {
        var id = PrefixedId.New<UserId>(silo.Time);
        await silo.Grains.UserInternal(id).CreateAsync(
            new NewAccount
            {
                TenantId = tenant, Username = $"user-{number}", NormalisedName = $"user-{number}", Email = "someone@example.com", PasswordHash = "never compared", Permissions = Permissions.Read,
            },
            default);
        return id;
    }

    private static LiveSession Publish(SiloHost silo, LiveTenant tenant, Actor owner)
    {
        var now = silo.Time.GetUtcNow();
        var origin = new StoredSession { TenantId = owner.TenantId, UserId = owner.UserId, SecretHash = SiloHost.NewSecretHash(out _), AbsoluteTimeout = TimeSpan.FromDays(1), CreatedAt = now, AuthenticationMethods = ["pwd"], TenantEpoch = tenant.Policy.Epoch };
        var session = new LiveSession(silo.Live, tenant, PrefixedId.New<SessionId>(silo.Time), origin, new SessionSubject("owner", Permissions.Owner), now);
        silo.Live.Publish(session);
        return session;
    }

    private static OpenSessionRequest Opening(int epoch) => new()
    {
        VerifiedHash = "never compared",
        PasswordVersion = 0,
        SecretHash = SiloHost.NewSecretHash(out _),
        Policy = new SessionPolicy(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1)),
        Client = SiloHost.Client,
        TenantEpoch = epoch,
    };

    private static int CountLive(SiloHost silo) => silo.Live.All.Count(session => session.Evaluate(silo.Time.GetUtcNow()) == SessionState.Live);
}
