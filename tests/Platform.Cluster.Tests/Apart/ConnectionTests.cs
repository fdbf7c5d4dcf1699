using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Platform.Tests;

namespace Platform.ClusterTests.Apart;

/// <summary>Who gets into the ports of a silo (threat T80).</summary>
public sealed class ConnectionTests(CalmApartCluster calm) : IClassFixture<CalmApartCluster>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private ApartCluster Cluster => calm.Cluster;

    [Fact, Trait("Threat", "T80")]
    public async Task Gateway_ToWhoHasNoCertificateOfTheAuthority_IsClosed()
    {
        var gateway = Cluster.Silos[0].GatewayPort;

        (await IsLetInAsync(gateway, Cluster.Authority.ForApi())).ShouldBeTrue("or this test would find everything closed");
        (await IsLetInAsync(gateway, null)).ShouldBeFalse();
        (await IsLetInAsync(gateway, Cluster.Stranger.ForApi())).ShouldBeFalse();
        (await IsLetInAsync(gateway, Cluster.Stranger.ForSilo())).ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T80")]
    public async Task SiloPort_ToAnApiHost_IsClosed()
    {
        var port = Cluster.Silos[0].SiloPort;

        (await IsLetInAsync(port, Cluster.Authority.ForSilo())).ShouldBeTrue("or this test would find everything closed");
        (await IsLetInAsync(port, Cluster.Authority.ForApi())).ShouldBeFalse();
        (await IsLetInAsync(port, Cluster.Stranger.ForSilo())).ShouldBeFalse();
        (await IsLetInAsync(port, null)).ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T80")]
    public async Task ApiHost_WithoutTheRightCertificate_InvokesNothingAndEndsWithOneLine()
    {
        await using var folder = new DataFolder();
        foreach (var settings in ((string Key, string Value)[][])[[], Cluster.Stranger.ForApi().Settings])
        {
            var ended = await PlatformProcess.RunToEndAsync(Cluster.ApiOn(folder, [.. settings, ("Platform__Cluster__StartupTimeout", "00:00:03")]));

            ended.ExitCode.ShouldBe(1, ended.ToString());
            ended.Errors.Split("The platform cannot run:")[1].ShouldContain("No silo answers at Platform:Cluster:Gateways");
        }

        (await Cluster.Apis[0].SendAsync(HttpMethod.Get, "/readyz")).Expect(HttpStatusCode.OK);
    }

    /// <summary>Whether the silo keeps the connection: it waits for a greeting then, which is not sent here. With TLS 1.3 who is refused hears of it after the handshake.</summary>
    private static async Task<bool> IsLetInAsync(int port, IssuedCertificate? issued)
    {
        using var certificate = issued?.Open();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = new SslStream(new NetworkStream(socket));
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "silo",
                    ClientCertificates = certificate is null ? null : [certificate],
                    ApplicationProtocols = [new SslApplicationProtocol("Orleans1")],
                    RemoteCertificateValidationCallback = (_, remote, _, _) => remote is X509Certificate2 { Subject: "CN=silo" },
                },
                patience.Token);
            return await stream.ReadAsync(new byte[1], patience.Token) > 0;
        }
        catch (Exception closed) when (closed is IOException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
