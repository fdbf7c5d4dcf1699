using System.Net;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Apart;

/// <summary>What an API host answers while silos come and go: 503 until it is certain, never that a session is over.</summary>
public sealed class FaultTests(ITestOutputHelper output) : ApartTest(output)
{
    private static readonly TimeSpan UntilServedElsewhere = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UntilSignedInElsewhere = TimeSpan.FromSeconds(120);

    [Fact, Trait("Row", "DR"), Trait("Fault", "F1")]
    public async Task Silo_Killed_ItsSessionsAreServedByTheOther()
    {
        var session = await Cluster.SignInAsync();
        var (its, _) = await Cluster.SilosOfAsync(session);

        await its.KillAsync();

        await ServedAgainAsync(session, "killed");
        await its.StartAsync();
        await ServedAgainAsync(session, "started again");
    }

    [Fact, Trait("Row", "DR"), Trait("Fault", "F4")]
    public async Task Silo_Frozen_IsLeftByApiHostsToo()
    {
        var session = await Cluster.SignInAsync();
        var (its, _) = await Cluster.SilosOfAsync(session);

        its.Freeze();

        await ServedAgainAsync(session, "frozen");
        // Through whichever gateway: none of them leads to the frozen one any more. A sign-in that went there before has 45 s until its 503.
        await Until.TrueAsync(
            async () =>
            {
                for (var i = 0; i < 8; i++)
                {
                    if (!(await Cluster.Apis[0].TrySignInAsync("platform", "operator", Cluster.OperatorPassword)).IsLive) return false;
                }

                return true;
            },
            "sign-ins are all answered",
            UntilSignedInElsewhere);
    }

    [Fact, Trait("Row", "DR")]
    public async Task Silos_Stopped_HaveSavedActivityAndTheHostWaitsForThem()
    {
        var api = Cluster.Apis[0];
        var session = await Cluster.SignInAsync();
        var touched = (await api.TouchAsync(session.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("lastActivityAt").GetDateTimeOffset();

        foreach (var silo in Cluster.Silos) (await silo.StopAsync()).ShouldBe(0);

        (await api.ValidateAsync(session.Token)).IsOutage.ShouldBeTrue();
        await Until.TrueAsync(async () => (await api.SendAsync("GET", "/readyz")).IsOutage, "the API host is not ready", UntilServedElsewhere);

        await Task.WhenAll(Cluster.Silos.Select(silo => silo.StartAsync()));
        await ServedAgainAsync(session, "stopped and started");
        (await api.PeekAsync(session.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("lastActivityAt").GetDateTimeOffset().ShouldBe(touched);
        await Until.TrueAsync(async () => (await api.SendAsync("GET", "/readyz")).IsLive, "the API host is ready again");
    }

    private async Task ServedAgainAsync(SignedIn session, string what)
    {
        var took = await Until.TrueAsync(
            async () =>
            {
                var answer = await Cluster.Apis[0].ValidateAsync(session.Token);
                (answer.IsLive || answer.IsOutage).ShouldBeTrue($"{answer.Status} {answer.Text}");
                return answer.IsLive;
            },
            "the session is served",
            UntilServedElsewhere);
        Output.WriteLine($"MEASURED silo {what}: served after {took.TotalSeconds:F1} s");
    }
}
