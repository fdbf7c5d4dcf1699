using System.Net;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Apart;

/// <summary>API hosts answer by replicas of sessions that live on silos, and never by what was before a change that was answered (decision 90).</summary>
public sealed class ReplicaTests(CalmApartCluster calm, ITestOutputHelper output) : IClassFixture<CalmApartCluster>
{
    private const int Rounds = 30;

    private ApartCluster Cluster => calm.Cluster;

    [Fact, Trait("Threat", "T31")]
    public async Task SignOut_OnOneHost_HoldsOnAllHostsAtOnce()
    {
        var race = new Race();
        for (var round = 0; round < Rounds; round++)
        {
            var session = await Cluster.SignInAsync();
            await race.RunAsync(
                Cluster.Apis,
                host => round % 2 == 0 ? host.ValidateAsync(session.Token) : host.TouchAsync(session.Token),
                answer => answer.IsRefused,
                async () => (await Cluster.Apis[round % 2].SignOutAsync(session.Token)).ShouldBe(HttpStatusCode.NoContent));
        }

        output.WriteLine($"MEASURED {Rounds} sign-outs, API hosts apart: {race}");
        race.Stale.ShouldBe(0);
    }

    [Fact, Trait("Threat", "T40")]
    public async Task KillSwitch_OnOneHost_HoldsOnAllHostsAtOnce()
    {
        var admin = await Cluster.SignInAsync();
        await Cluster.Apis[0].CreateTenantAsync(admin.Token, "initech");
        var race = new Race();
        for (var round = 0; round < Rounds / 3; round++)
        {
            var owner = await Cluster.Apis[0].SignInAsync("initech", "owner");
            await race.RunAsync(
                Cluster.Apis,
                host => host.PeekAsync(owner.Token),
                answer => answer.IsRefused,
                async () => (await Cluster.Apis[round % 2].SendAsync("DELETE", "/v1/tenants/initech/sessions", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted));
        }

        output.WriteLine($"MEASURED {Rounds / 3} kill switches, API hosts apart: {race}");
        race.Stale.ShouldBe(0);
    }
}

/// <summary>What becomes of replicas when a process stands still.</summary>
public sealed class ReplicaFaultTests(ITestOutputHelper output) : ApartTest(output, apis: 2)
{
    /// <summary>A busy machine may take longer to ask than the lease lasts.</summary>
    private const int Attempts = 10;

    /// <summary>So many answers in a row cost more time than a replica needs to come, or its lease to be renewed; nothing shows from outside that it is there.</summary>
    private const int WarmAnswers = 100;

    [Fact, Trait("Threat", "T41"), Trait("Fault", "F4")]
    public async Task Silos_StandStill_TheHostAnswersForAsLongAsTheLeaseLasts()
    {
        var (api, session) = (Cluster.Apis[0], await Cluster.SignInAsync());
        var answered = false;
        for (var attempt = 0; attempt < Attempts && !answered; attempt++)
        {
            await Until.TrueAsync(async () => (await api.ValidateAsync(session.Token)).IsLive, "the session is served");
            for (var i = 0; i < WarmAnswers * (attempt + 1); i++) (await api.ValidateAsync(session.Token)).ShouldBe(HttpStatusCode.NoContent);
            foreach (var silo in Cluster.Silos) silo.Freeze();

            // No silo can have said this.
            answered = (await api.ValidateAsync(session.Token)).IsLive;
            var took = await Until.TrueAsync(async () => (await api.ValidateAsync(session.Token)).IsOutage, "it may not answer any more");
            Output.WriteLine($"MEASURED silos frozen: 503 after {took.TotalSeconds:F1} s, three of them the time for an answer of a silo");
            foreach (var silo in Cluster.Silos) silo.Thaw();
        }

        answered.ShouldBeTrue("a host that holds a replica needs no silo to answer");
        await Until.TrueAsync(async () => (await api.ValidateAsync(session.Token)).IsLive, "the session is served again");
    }

    [Fact, Trait("Threat", "T31"), Trait("Threat", "T41"), Trait("Fault", "F3")]
    public async Task SignOut_WhileAnotherHostStandsStill_IsAnsweredAfterItsLeaseAndHoldsThere()
    {
        var (acting, frozen) = (Cluster.Apis[0], Cluster.Apis[1]);
        var sessions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Cluster.SignInAsync()));
        foreach (var session in sessions)
        {
            for (var i = 0; i < 3; i++) (await frozen.ValidateAsync(session.Token)).ShouldBe(HttpStatusCode.NoContent);
        }

        frozen.Freeze();
        var frozenAt = TimeProvider.System.GetTimestamp();
        var answers = await Task.WhenAll(sessions.Select(session => acting.SignOutAsync(session.Token)));
        var took = TimeProvider.System.GetElapsedTime(frozenAt);
        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.NoContent);

        // These wait in the kernel for the process to go on.
        var waiting = Task.WhenAll(sessions.Select(session => frozen.ValidateAsync(session.Token)));
        frozen.Thaw();

        (await waiting).ShouldAllBe(answer => !answer.IsLive);
        foreach (var session in sessions) (await frozen.ValidateAsync(session.Token)).IsLive.ShouldBeFalse();
        Output.WriteLine($"MEASURED {sessions.Length} sign-outs while a host that holds their replicas stands still: answered after {took.TotalSeconds:F2} s");
    }
}
