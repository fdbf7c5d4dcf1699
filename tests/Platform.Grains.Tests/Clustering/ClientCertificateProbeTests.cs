using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Platform.Silo.Hosting.Clustering;

namespace Platform.Grains.Tests.Clustering;

/// <summary>A silo finds out whether its ports refuse clients without a certificate.</summary>
public sealed class ClientCertificateProbeTests
{
    [Theory, Trait("Threat", "T80")]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task Port_DemandingCertificates_Refuses(SslProtocols protocol) => (await RefusesAsync(stream => ServeTlsAsync(stream, protocol, demands: true))).ShouldBeTrue();

    [Theory, Trait("Threat", "T80")]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task Port_WithTlsForAnybody_DoesNotRefuse(SslProtocols protocol) => (await RefusesAsync(stream => ServeTlsAsync(stream, protocol, demands: false))).ShouldBeFalse();

    [Fact, Trait("Threat", "T80")]
    public async Task Port_WithoutTls_DoesNotCountAsRefusing() =>
        (await RefusesAsync(async stream => await stream.ReadExactlyAsync(new byte[8]))).ShouldBeFalse();

    /// <param name="serve">One connection, from its first byte; it is closed afterwards.</param>
    private static async Task<bool> RefusesAsync(Func<NetworkStream, Task> serve)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeAsync();
        var refuses = await ClientCertificateProbe.RefusesAnonymousClientsAsync((IPEndPoint)listener.LocalEndpoint, CancellationToken.None);
        await served;
        return refuses;

        async Task ServeAsync()
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            await serve(stream);
        }
    }

    private static async Task ServeTlsAsync(NetworkStream stream, SslProtocols protocol, bool demands)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=silo", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await using var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                EnabledSslProtocols = protocol,
                ClientCertificateRequired = demands,
                ApplicationProtocols = [new SslApplicationProtocol("Orleans1")],
                RemoteCertificateValidationCallback = (_, shown, _, _) => !demands || shown is not null,
            });

            // What a silo sends first: its greeting.
            await tls.WriteAsync(new byte[] { 1 });
        }
        catch (AuthenticationException)
        {
            demands.ShouldBeTrue();
        }
    }
}
