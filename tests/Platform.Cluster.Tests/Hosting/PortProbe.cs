using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Platform.Cluster.Tests.Hosting;

/// <summary>Connects to a port of a silo from outside.</summary>
internal static class PortProbe
{
    /// <summary>First byte of the record by which TLS says that it goes no further.</summary>
    private const byte TlsAlert = 21;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>All but a silo of this cluster.</summary>
    public static async Task SiloPortShouldRefuseAsync(int port, TestAuthority ours, TestAuthority theirs)
    {
        (await AcceptsAsync(port, ours.ForSilo())).ShouldBeTrue("or this test would find everything refused");
        (await AcceptsAsync(port, ours.ForApi())).ShouldBeFalse();
        (await AcceptsAsync(port, theirs.ForSilo())).ShouldBeFalse();
        (await AcceptsAsync(port, null)).ShouldBeFalse();
        (await AnswersPlaintextAsync(port)).ShouldBeFalse();
    }

    /// <summary>Whether the silo keeps the connection: it then waits for a preamble, which is not sent here. With TLS 1.3 the refusal comes after the handshake.</summary>
    public static async Task<bool> AcceptsAsync(int port, IssuedCertificate? issued)
    {
        using var certificate = issued?.Open();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = new SslStream(new NetworkStream(socket));
        using var timeout = new CancellationTokenSource(Timeout, TimeProvider.System);
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
                timeout.Token);
            return await stream.ReadAsync(new byte[1], timeout.Token) > 0;
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

    /// <summary>Whether a process without TLS gets an answer to the preamble of Orleans: the length of what follows, and that.</summary>
    public static async Task<bool> AnswersPlaintextAsync(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        using var timeout = new CancellationTokenSource(Timeout, TimeProvider.System);
        try
        {
            await socket.SendAsync(new byte[] { 1, 0, 0, 0, 0 }, timeout.Token);
            var answer = new byte[64];
            return await socket.ReceiveAsync(answer, timeout.Token) > 0 && answer[0] != TlsAlert;
        }
        catch (Exception closed) when (closed is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
