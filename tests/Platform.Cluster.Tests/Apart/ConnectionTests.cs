using System.Net;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Apart;

/// <summary>Who gets into the ports of a silo (threat T80).</summary>
public sealed class ConnectionTests(CalmApartCluster calm) : IClassFixture<CalmApartCluster>
{
    private ApartCluster Cluster => calm.Cluster;

    [Fact, Trait("Threat", "T80")]
    public async Task Gateway_WithoutACertificateOfTheAuthority_Refuses()
    {
        var gateway = Cluster.Silos[0].GatewayPort;

        (await PortProbe.AcceptsAsync(gateway, Cluster.Authority.ForApi())).ShouldBeTrue("or this test would find everything refused");
        (await PortProbe.AcceptsAsync(gateway, null)).ShouldBeFalse();
        (await PortProbe.AnswersPlaintextAsync(gateway)).ShouldBeFalse();
        (await PortProbe.AcceptsAsync(gateway, Cluster.Stranger.ForApi())).ShouldBeFalse();
        (await PortProbe.AcceptsAsync(gateway, Cluster.Stranger.ForSilo())).ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T80")]
    public Task SiloPort_WithoutACertificateOfASilo_Refuses() => PortProbe.SiloPortShouldRefuseAsync(Cluster.Silos[0].SiloPort, Cluster.Authority, Cluster.Stranger);

    [Fact, Trait("Threat", "T80")]
    public async Task ApiHost_WithACertificateOfAnotherAuthority_InvokesNothingAndEndsWithOneLine()
    {
        await using var folder = new DataFolder();

        var ended = await PlatformProcess.RunToEndAsync(Cluster.ApiOn(folder, [.. Cluster.Stranger.ForApi().Settings, ("Platform__Cluster__StartupTimeout", "00:00:03")]));

        ended.ExitCode.ShouldBe(1, ended.ToString());
        ended.Errors.Split("The platform cannot run:")[1].ShouldContain("No silo answers at Platform:Cluster:Gateways");
        (await Cluster.Apis[0].SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
    }
}
