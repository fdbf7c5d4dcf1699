using Platform.Sessions;
using Platform.Silos.Tests.Hosting;
using Platform.Snippets;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Silos.Tests;

/// <summary>What is taken away on one silo is gone on all of them once that is answered (threat T40).</summary>
[Collection(SharedCluster.Name)]
public sealed class LateEffectTests(SharedCluster shared, ITestOutputHelper output)
{
    private const int Rounds = 3;
    private const string Desk = "desk";

    private SiloCluster Cluster => shared.Cluster;

    [Fact, Trait("Threat", "T40")]
    public async Task RevokeAllSessions_OnOneSilo_HoldsOnAll()
    {
        var scene = await Scene.CreateAsync(Cluster);
        await RaceAsync(scene, IsLiveAsync, async (silo, _) => (await silo.Grains.Tenant(scene.Tenant.Id).RevokeSessionsAsync(scene.Owner, default)).Succeeded.ShouldBeTrue());
    }

    [Fact, Trait("Threat", "T31")]
    public async Task SignOut_OnOneSilo_HoldsOnAll()
    {
        var scene = await Scene.CreateAsync(Cluster);
        await RaceAsync(scene, IsLiveAsync, (silo, session) => silo.Grains.Session(session.Id).SignOutAsync(session.SecretHash, SiloCalls.Client, default));
    }

    [Fact, Trait("Threat", "T40")]
    public async Task User_DisabledOnOneSilo_IsOutOnAll()
    {
        var scene = await Scene.CreateAsync(Cluster);
        await RaceAsync(
            scene,
            IsLiveAsync,
            (silo, _) => ChangeAsync(silo, scene, new UserChange { Status = UserStatus.Disabled }),
            silo => ChangeAsync(silo, scene, new UserChange { Status = UserStatus.Active }));
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Tenant_SuspendedOnOneSilo_IsOutOnAll()
    {
        var scene = await Scene.CreateAsync(Cluster);
        await RaceAsync(
            scene,
            IsLiveAsync,
            (silo, _) => ChangeAsync(silo, scene, SiloCalls.OperatorActor, new TenantChange { Status = TenantStatus.Suspended }),
            silo => ChangeAsync(silo, scene, SiloCalls.OperatorActor, new TenantChange { Status = TenantStatus.Active }));
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Policy_ShortenedOnOneSilo_HoldsOnAll()
    {
        var scene = await Scene.CreateAsync(Cluster);
        await RaceAsync(
            scene,
            IsLiveAsync,
            (silo, _) => SetAsync(silo, TimeSpan.FromMinutes(5)),
            silo => SetAsync(silo, TimeSpan.FromMinutes(30)),
            // Longer than the session is going to be allowed to idle, not longer than it is now.
            () => Cluster.Time.Advance(TimeSpan.FromMinutes(6)));

        Task SetAsync(TestSilo silo, TimeSpan idle) => ChangeAsync(silo, scene, scene.Owner, new TenantChange { SessionPolicy = new SessionPolicyChange { IdleTimeout = idle } });
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Permissions_TakenOnOneSilo_AreGoneOnAll()
    {
        var scene = await Scene.CreateAsync(Cluster);
        await RaceAsync(
            scene,
            MayCollaborateAsync,
            (silo, _) => ChangeAsync(silo, scene, new UserChange { Permissions = Permissions.Read }),
            silo => ChangeAsync(silo, scene, new UserChange { Permissions = Permissions.Read | Permissions.Collaborate }));
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Role_ThatLosesARightOnOneSilo_LosesItOnAll()
    {
        var scene = await Scene.CreateAsync(Cluster, Desk);
        await RaceAsync(scene, MayCollaborateAsync, (silo, _) => GiveAsync(silo, Permissions.Read), silo => GiveAsync(silo, Permissions.Read | Permissions.Collaborate));

        async Task GiveAsync(TestSilo silo, Permissions permissions) =>
            (await silo.Grains.TenantRoles(scene.Tenant.Id).ChangeAsync(scene.Owner, new Role(Desk, permissions), default)).Value.ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T56")]
    public async Task Domain_RemovedOnOneSilo_RefusesSessionsOfItsPagesOnAll()
    {
        const string Domain = "a.test";
        var scene = await Scene.CreateAsync(Cluster);
        var snippet = (await Cluster[0].Grains.Listing().ListSnippetsAsync(scene.Owner, scene.Tenant.Id, new PageRequest(1, null), default)).Value!.Items.Single().Id;
        scene = scene with { Page = new PageOrigin(snippet, "https://" + Domain) };
        await AddAsync(Cluster[1]);
        await RaceAsync(
            scene,
            async (silo, session) => await silo.ValidateAsync(session.Id, session.SecretHash, scene.Page) is { } state ? state == SessionState.Live : null,
            async (silo, _) => (await silo.Grains.Snippet(snippet).RemoveDomainAsync(scene.Owner, Domain, default)).Succeeded.ShouldBeTrue(),
            AddAsync);

        async Task AddAsync(TestSilo silo) => (await silo.Grains.Snippet(snippet).AddDomainAsync(scene.Owner, Domain, default)).Value.ShouldNotBeNull();
    }

    private static async Task<bool?> IsLiveAsync(TestSilo silo, OpenedSession session) =>
        await silo.ValidateAsync(session.Id, session.SecretHash) is { } state ? state == SessionState.Live : null;

    private static async Task<bool?> MayCollaborateAsync(TestSilo silo, OpenedSession session) =>
        await silo.PermissionsAsync(session.Id, session.SecretHash) is { } permissions ? permissions.HasFlag(Permissions.Collaborate) : null;

    private static async Task ChangeAsync(TestSilo silo, Scene scene, UserChange change) =>
        (await silo.Grains.User(scene.User.Id).ChangeAsync(scene.Owner, change, default)).Value.ShouldNotBeNull();

    private static async Task ChangeAsync(TestSilo silo, Scene scene, Actor actor, TenantChange change) =>
        (await silo.Grains.Tenant(scene.Tenant.Id).ChangeAsync(actor, change, default)).Value.ShouldNotBeNull();

    /// <summary>A change on another silo each time, of a session that was opened on the next.</summary>
    private async Task RaceAsync(
        Scene scene, Func<TestSilo, OpenedSession, Task<bool?>> ask, Func<TestSilo, OpenedSession, Task> change, Func<TestSilo, Task>? undo = null, Action? prepare = null)
    {
        var race = new Race(Cluster);
        for (var round = 0; round < Rounds; round++)
        {
            var silo = Cluster[round];
            var session = await scene.SignInAsync(Cluster[round + 1]);
            prepare?.Invoke();
            await race.RunAsync(asked => ask(asked, session), () => change(silo, session));
            if (undo is not null) await undo(silo);
        }

        var byReplica = Cluster.Silos.Sum(asked => asked.AnswersByReplica);
        output.WriteLine($"{race}, {byReplica} of all answers by replicas");
        byReplica.ShouldBeGreaterThan(0);
        race.Stale.ShouldBe(0);
    }
}
