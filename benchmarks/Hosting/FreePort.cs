using System.Net;
using System.Net.Sockets;

namespace Platform.Benchmarks.Hosting;

/// <summary>For programs that cannot choose one themselves. Another may take it in between.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
