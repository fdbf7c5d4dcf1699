using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Platform.Cluster.Tests.Hosting;

/// <summary>
/// Ports that a node keeps over restarts: below those that the kernel gives to outgoing connections, so that none of them is taken meanwhile. Each is given once: a node listens some time after
/// it was given its port.
/// </summary>
internal static class FreePorts
{
    private const int First = 12_000;
    private const int Count = 8_000;

    private static int _given = RandomNumberGenerator.GetInt32(Count);

    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _given) % Count);
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
