using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Platform.ClusterTests.Hosting;

/// <summary>Ports that a node keeps over restarts: below those that the kernel gives to outgoing connections, so that none of them is taken meanwhile.</summary>
internal static class FreePorts
{
    private const int First = 12_000;
    private const int Last = 19_999;

    public static int Next()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last + 1);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
