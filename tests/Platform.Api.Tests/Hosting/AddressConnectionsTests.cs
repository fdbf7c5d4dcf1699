using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Platform.Api.Hosting;

namespace Platform.Api.Tests.Hosting;

/// <summary>One client address gets its share of connections and no more; others do not notice.</summary>
public sealed class AddressConnectionsTests
{
    private const int Most = 8;
    private const string Bound = "--Platform:Limits:MaxConnectionsPerAddress=8";

    private static readonly IPAddress Greedy = IPAddress.Parse("127.0.0.2");

    [Fact]
    [Trait("Threat", "T67")]
    public async Task Connections_BeyondTheShareOfAnAddress_AreClosedBeforeTlsWhileOthersAreServed()
    {
        await using var host = await new PlatformHost(Bound).StartedAsync();
        var held = new List<SslStream>();
        for (var i = 0; i < Most; i++) held.Add(await SecureAsync(host));

        for (var i = 0; i < 3; i++)
        {
            (await IsRefusedAsync(host)).ShouldBeTrue();
        }

        (await host.SignInAsync("platform", "operator", PlatformHost.OperatorPassword)).Token.ShouldNotBeEmpty();
        host.Logs.At(LogLevel.Warning).Count(line => line.Contains("their address already has 8, its limit", StringComparison.Ordinal)).ShouldBe(1, "a flood must not fill the log");

        await held[0].DisposeAsync();
        await using (await UntilLetInAsync(host)) held.Count.ShouldBe(Most);
        foreach (var stream in held) await stream.DisposeAsync();
        host.Client.Dispose();
        await UntilAsync(() => host.Service<AddressConnections>().Networks == 0);
    }

    [Fact]
    public async Task Connections_OfATrustedProxy_HaveNoShare()
    {
        await using var host = await new PlatformHost(Bound, "--Platform:Proxy:TrustedNetworks=127.0.0.2/32").StartedAsync();
        var held = new List<SslStream>();
        for (var i = 0; i < Most * 2; i++) held.Add(await SecureAsync(host));

        host.Service<AddressConnections>().Networks.ShouldBe(0);
        foreach (var stream in held) await stream.DisposeAsync();
    }

    private static async Task<Socket> ConnectAsync(Uri to, IPAddress from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(IPAddress.Loopback, to.Port);
        return socket;
    }

    /// <summary>Without a byte of TLS. A reset may come as early as the connection.</summary>
    private static async Task<bool> IsRefusedAsync(PlatformHost host)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        try
        {
            using var socket = await ConnectAsync(host.Address, Greedy);
            return await socket.ReceiveAsync(new byte[1], timeout.Token) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<SslStream> SecureAsync(PlatformHost host)
    {
        var stream = new SslStream(new NetworkStream(await ConnectAsync(host.Address, Greedy), ownsSocket: true), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        try
        {
            await stream.AuthenticateAsClientAsync("localhost");
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server hears a moment later of a connection that has ended.</summary>
    private static async Task<SslStream> UntilLetInAsync(PlatformHost host)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (true)
        {
            try
            {
                return await SecureAsync(host);
            }
            catch (Exception refused) when (refused is (IOException or SocketException) && !timeout.IsCancellationRequested)
            {
                // Not yet.
            }
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (!holds())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
