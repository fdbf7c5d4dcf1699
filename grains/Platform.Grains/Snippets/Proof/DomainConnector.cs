using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Platform.Snippets;

/// <summary>Opens the connection for a file proof, to an address that has been judged. Tests put a server of their own behind it.</summary>
internal class DomainConnector
{
    public const int Port = 443;

    /// <summary>Which certificates count; null: those that this machine trusts.</summary>
    public virtual X509ChainPolicy? Trust => null;

    public virtual async ValueTask<Stream> ConnectAsync(IPAddress address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
