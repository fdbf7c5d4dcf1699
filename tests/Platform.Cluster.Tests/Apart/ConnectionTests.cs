using System.Net;
using Platform.ClusterTests.Hosting;
using Platform.Tests;

namespace Platform.ClusterTests.Apart;

/// <summary>Who gets into the ports of a silo (threat T80).</summary>
public sealed class ConnectionTests(CalmApartCluster calm) : IClassFixture<CalmApartCluster>
{
    private ApartCluster Cluster => calm.Cluster;

    [Fact, Trait("Threat", "T80")]
    public async Task Gateway_ToWhoHasNoCertificateOfTheAuthority_IsClosed()
    {
        var gateway = Cluster.Silos[0].GatewayPort;

        (await Knock.IsLetInAsync(gateway, Cluster.Authority.ForApi())).ShouldBeTrue("or this test would find everything closed");
        (await Knock.IsLetInAsync(gateway, null)).ShouldBeFalse();
        (await Knock.IsAnsweredInTheClearAsync(gateway)).ShouldBeFalse();
        (await Knock.IsLetInAsync(gateway, Cluster.Stranger.ForApi())).ShouldBeFalse();
        (await Knock.IsLetInAsync(gateway, Cluster.Stranger.ForSilo())).ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T80")]
    public async Task SiloPort_ToAnApiHost_IsClosed()
    {
        var port = Cluster.Silos[0].SiloPort;

        (await Knock.IsLetInAsync(port, Cluster.Authority.ForSilo())).ShouldBeTrue("or this test would find everything closed");
        (await Knock.IsLetInAsync(port, Cluster.Authority.ForApi())).ShouldBeFalse();
        (await Knock.IsLetInAsync(port, Cluster.Stranger.ForSilo())).ShouldBeFalse();
        (await Knock.IsLetInAsync(port, null)).ShouldBeFalse();
        (await Knock.IsAnsweredInTheClearAsync(port)).ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T80")]
    public async Task ApiHost_WithACertificateOfAnotherAuthority_InvokesNothingAndEndsWithOneLine()
    {
        await using var folder = new DataFolder();

        var ended = await PlatformProcess.RunToEndAsync(Cluster.ApiOn(folder, [.. Cluster.Stranger.ForApi().Settings, ("Platform__Cluster__StartupTimeout", "00:00:03")]));

        ended.ExitCode.ShouldBe(1, ended.ToString());
        ended.Errors.Split("The platform cannot run:")[1].ShouldContain("No silo answers at Platform:Cluster:Gateways");
        (await Cluster.Apis[0].SendAsync(HttpMethod.Get, "/readyz")).Expect(HttpStatusCode.OK);
    }
}
