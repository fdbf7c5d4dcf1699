using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Wire;

/// <summary>Opens a connection over TCP and TLS.</summary>
internal static class TlsConnection
{
    /// <summary>Trusts one certificate and no other.</summary>
    /// <param name="certificateHash">Its SHA-256.</param>
    public static SslClientAuthenticationOptions Pinned(byte[] certificateHash) =>
        new() { TargetHost = "localhost", RemoteCertificateValidationCallback = PinnedCertificate.Only(certificateHash) };

    public static async Task<(Socket Socket, SslStream Stream)> OpenAsync(IPAddress[] addresses, int port, SslClientAuthenticationOptions tls, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var stream = (SslStream?)null;
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(tls, cancellationToken);
            return (socket, stream);
        }
        catch
        {
            if (stream is not null) await stream.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }
}
