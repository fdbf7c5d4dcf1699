using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Platform.Grains.Tests.Hosting;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Grains.Tests.Sessions;

/// <summary>A change that a session's grain cannot be told of (it stands on a node that does not answer) holds all the same once it is answered.</summary>
public sealed class SessionEvictionTests(SessionEvictionTests.Fixture fixture) : IClassFixture<SessionEvictionTests.Fixture>
{
    private SiloHost Silo => fixture.Silo;

    [Fact, Trait("Threat", "T31"), Trait("Threat", "T40")]
    public async Task Disable_OfAUserWhoseSessionDoesNotAnswer_EndsIt()
    {
        var (owner, bob, session, hash) = await BobAsync(Permissions.Read);
        fixture.Deaf.TryAdd(session, "EndAsync");

        (await Silo.Grains.User(bob).ChangeAsync(owner, new UserChange { Status = UserStatus.Disabled }, default)).Value.ShouldNotBeNull();

        Silo.Live.TryGet(session, out _).ShouldBeFalse();
        (await Silo.PeekAsync(session, hash)).ShouldBe(SessionState.Revoked);
        (await Silo.PeekAsync(session, hash)).ShouldNotBe(SessionState.Live);
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Rights_TakenFromAUserWhoseSessionDoesNotAnswer_AreGone()
    {
        var (owner, bob, session, hash) = await BobAsync(Permissions.Read | Permissions.Edit);
        fixture.Deaf.TryAdd(session, "SetSubjectAsync");

        (await Silo.Grains.User(bob).ChangeAsync(owner, new UserChange { Permissions = Permissions.Read }, default)).Value.ShouldNotBeNull();

        var check = await Silo.Grains.Session(session).PeekAsync(hash, null, null, default);
        check.State.ShouldBe(SessionState.Live);
        check.View!.Subject.Permissions.ShouldBe(Permissions.Read);
        Silo.Live.TryGet(session, out var live).ShouldBeTrue("it is in memory again, with what counts now");
        live!.Subject.Permissions.ShouldBe(Permissions.Read);
    }

    /// <summary>Only its own end keeps a session from being told again: a second call must not find nothing to do and say that it is done.</summary>
    [Fact, Trait("Threat", "T31")]
    public async Task EndSessions_AskedAgainAfterASessionDidNotAnswer_LeavesNoneAlive()
    {
        var (owner, bob, session, hash) = await BobAsync(Permissions.Read);
        fixture.Deaf.TryAdd(session, "EndAsync");
        (await Silo.Grains.User(bob).EndSessionsAsync(owner, null, default)).Refusal.ShouldBe(Refusal.None);
        (await Silo.Grains.User(bob).EndSessionsAsync(owner, null, default)).Refusal.ShouldBe(Refusal.None);
        (await Silo.PeekAsync(session, hash)).ShouldNotBe(SessionState.Live);
    }

    [Fact]
    public async Task Evict_OfATouchedSession_ForgetsNoActivityAndExtendsNone()
    {
        var (_, _, session, hash) = await BobAsync(Permissions.Read);
        Silo.Time.Advance(TimeSpan.FromMinutes(10));
        (await Silo.Grains.Session(session).TouchAsync(hash, null, null, default)).State.ShouldBe(SessionState.Live);
        var touched = Silo.Time.GetUtcNow();
        Silo.Time.Advance(TimeSpan.FromMinutes(10));

        await Silo.Service<SessionEviction>().EvictAsync([session]);

        (await Silo.Grains.Session(session).PeekAsync(hash, null, null, default)).View!.LastActivityAt.ShouldBe(touched);
        Silo.Time.Advance(TimeSpan.FromMinutes(20));
        (await Silo.PeekAsync(session, hash)).ShouldBe(SessionState.Idle);
    }

    [Fact, Trait("Threat", "T39")]
    public async Task Evict_OfASessionThatRanOut_RevivesItForNoClock()
    {
        var (_, _, session, hash) = await BobAsync(Permissions.Read);
        Silo.Time.Advance(TimeSpan.FromMinutes(30));
        Silo.Live.TryGet(session, out var live).ShouldBeTrue();
        live!.Peek(hash.AsSpan(), null, Silo.Time.GetUtcNow()).ShouldBe(SessionState.Idle);

        await Silo.Service<SessionEviction>().EvictAsync([session]);

        Silo.Time.StepBack(TimeSpan.FromMinutes(10));
        (await Silo.PeekAsync(session, hash)).ShouldBe(SessionState.Idle);
        Silo.Time.Advance(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task Evict_RacedByPeeksAndTouches_RefusesNobodyAndLosesNoActivity()
    {
        var (_, _, session, hash) = await BobAsync(Permissions.Read);
        var last = Silo.Time.GetUtcNow();
        for (var round = 0; round < 20; round++)
        {
            Silo.Time.Advance(TimeSpan.FromSeconds(1));
            var looks = Enumerable.Range(0, 50).Select(i => Task.Run(async () => i % 2 == 0
                ? (await Silo.Grains.Session(session).TouchAsync(hash, null, null, default)).State
                : await Silo.PeekAsync(session, hash))).ToList();
            await Silo.Service<SessionEviction>().EvictAsync([session]);
            (await Task.WhenAll(looks)).ShouldAllBe(state => state == SessionState.Live);
            var seen = (await Silo.Grains.Session(session).PeekAsync(hash, null, null, default)).View!.LastActivityAt;
            seen.ShouldBeGreaterThan(last);
            last = seen;
        }
    }

    /// <summary>A look that reads the session again while its end is being written must not put back what it read.</summary>
    [Fact, Trait("Threat", "T31")]
    public async Task SignOut_RacedByEvictionsAndPeeks_HoldsFromItsAnswerOn()
    {
        for (var round = 0; round < 40; round++)
        {
            var (_, _, session, hash) = await BobAsync(Permissions.Read);
            await RaceAsync(session, hash, () => Silo.Grains.Session(session).SignOutAsync(hash, SiloHost.Client, default));
            (await Silo.PeekAsync(session, hash)).ShouldNotBe(SessionState.Live, $"round {round}");
        }
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Rotate_RacedByEvictionsAndPeeks_RefusesTheOldSecretFromItsAnswerOn()
    {
        for (var round = 0; round < 40; round++)
        {
            var (_, _, session, hash) = await BobAsync(Permissions.Read);
            await RaceAsync(session, hash, async () => (await Silo.Grains.Session(session).RotateAsync(SiloHost.NewSecretHash(out var _), default)).ShouldBeTrue());
            (await Silo.PeekAsync(session, hash)).ShouldNotBe(SessionState.Live, $"round {round}");
        }
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Rights_TakenWhileTheSessionIsReadAgain_AreGoneFromTheAnswerOn()
    {
        for (var round = 0; round < 40; round++)
        {
            var (owner, bob, session, hash) = await BobAsync(Permissions.Read | Permissions.Edit);
            await RaceAsync(session, hash, async () =>
                (await Silo.Grains.User(bob).ChangeAsync(owner, new UserChange { Permissions = Permissions.Read }, default)).Value.ShouldNotBeNull());
            (await Silo.Grains.Session(session).PeekAsync(hash, null, null, default)).View!.Subject.Permissions.ShouldBe(Permissions.Read, $"round {round}");
        }
    }

    [Fact]
    public async Task SignOut_OfAnEvictedSession_EndsIt()
    {
        var (_, _, session, hash) = await BobAsync(Permissions.Read);
        await Silo.Service<SessionEviction>().EvictAsync([session]);
        await Silo.Grains.Session(session).SignOutAsync(hash, SiloHost.Client, default);
        (await Silo.PeekAsync(session, hash)).ShouldBe(SessionState.SignedOut);
    }

    /// <summary>Evictions, each as soon as the one before was looked at, and looks without a pause, until the change is answered.</summary>
    private async Task RaceAsync(SessionId session, System.Collections.Immutable.ImmutableArray<byte> hash, Func<Task> change)
    {
        using var answered = new CancellationTokenSource();
        var racing = Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            while (!answered.IsCancellationRequested)
            {
                if (i == 0) await Silo.Service<SessionEviction>().EvictAsync([session]);
                await Silo.PeekAsync(session, hash);

                // A look at a record in memory completes at once: without a pause four of these would hold all threads of the pool, and the change would get none.
                await Task.Yield();
            }
        })).ToList();
        await change();
        await answered.CancelAsync();
        await Task.WhenAll(racing);
    }

    private async Task<(Actor Owner, UserId Bob, SessionId Session, System.Collections.Immutable.ImmutableArray<byte> Hash)> BobAsync(Permissions permissions)
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        var bob = await Silo.NewUserAsync(owner, "bob", permissions);
        var (session, hash) = await Silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword);
        return (owner, bob.Id, session!.Id, hash);
    }

    /// <summary>Calls of one method of one session get no answer, as if its node stood still.</summary>
    public sealed class Fixture : SiloFixture
    {
        internal ConcurrentDictionary<SessionId, string> Deaf { get; } = new();

        private protected override void Configure(IServiceCollection services)
        {
            CheapHashing.Put(services);
            services.AddSingleton<IIncomingGrainCallFilter>(new Deafness(Deaf));
        }

        private sealed class Deafness(ConcurrentDictionary<SessionId, string> deaf) : IIncomingGrainCallFilter
        {
            public Task Invoke(IIncomingGrainCallContext context) =>
                context.Grain is ISessionGrain session
                && deaf.TryGetValue(PrefixedId.Parse<SessionId>(session.GetPrimaryKeyString()), out var method)
                && method == context.MethodName
                    ? throw new TimeoutException("As if the node stood still.")
                    : context.Invoke();
        }
    }
}
