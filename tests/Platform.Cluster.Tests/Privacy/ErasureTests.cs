using System.Net;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Privacy;

/// <summary>A key that was destroyed on one node opens nothing on the others, though they had it in memory.</summary>
public sealed class ErasureTests(CalmCluster calm, ITestOutputHelper output) : CalmTest(calm, output)
{
    private const string Canary = "canary-of-erasure";

    [Fact, Trait("Threat", "T52"), Trait("Threat", "T40")]
    public async Task Erase_OnOneNode_HidesTheLogOnAll()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        var id = await tenant.AddUserAsync(Cluster.Any, Canary);
        await Cluster.Any.SignInAsync(tenant.Slug, Canary);
        foreach (var node in Cluster.Nodes)
        {
            // Now each has read the key.
            (await LogAsync(node)).ShouldContain(Canary);
            (await ExportAsync(node)).ShouldContain(Canary);
        }

        var owner = await Cluster[0].Platform.SignInAsync(tenant.Slug, "owner");
        var certificate = (await Cluster[0].Platform.SendAsync("POST", tenant.PathOf($"/users/{id}/erase"), token: owner.Token)).ShouldBe(HttpStatusCode.Accepted).Json;
        certificate.GetProperty("dataKeyDestroyed").GetBoolean().ShouldBeTrue();

        foreach (var node in Cluster.Nodes)
        {
            (await LogAsync(node)).ShouldNotContain(Canary);
            (await ExportAsync(node)).ShouldNotContain(Canary);
            (await node.Platform.SendAsync("GET", tenant.PathOf($"/users/{id}"), token: owner.Token)).ShouldBe(HttpStatusCode.NotFound);
        }

        async Task<string> LogAsync(ClusterNode node) =>
            (await node.Platform.SendAsync("GET", tenant.PathOf("/audit-events?limit=200"), token: tenant.Owner.Token)).ShouldBe(HttpStatusCode.OK).Text;

        async Task<string> ExportAsync(ClusterNode node) =>
            (await node.Platform.SendAsync("GET", tenant.PathOf("/audit-events"), token: tenant.Owner.Token, headers: ("Accept", "text/csv"))).ShouldBe(HttpStatusCode.OK).Text;
    }
}
