using System.Net;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Sessions;

/// <summary>A session that was ended on one node is over on all of them.</summary>
public sealed class SignOutTests(CalmCluster calm, ITestOutputHelper output) : CalmTest(calm, output)
{
    private const int Rounds = 50;

    [Fact, Trait("Threat", "T31")]
    public async Task SignOut_OnAnotherNodeThanTheGrains_HoldsOnAllNodesAtOnce()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        var sessions = await Cluster.SignInAsync(tenant.Slug, "owner", Rounds);
        var (race, elsewhere) = (new Race(), 0);
        foreach (var session in sessions)
        {
            var place = await Cluster.NodeOfAsync(session.Id);
            var via = Cluster.Others(place!).First();
            await race.RunAsync(
                Cluster,
                node => node.ValidateAsync(session.Token),
                answer => answer.IsRefused,
                async () => (await via.Platform.SignOutAsync(session.Token)).ShouldBe(HttpStatusCode.NoContent));
            elsewhere++;
        }

        Output.WriteLine($"{elsewhere} sign-outs: {race}");
        race.Stale.ShouldBe(0);
    }
}
