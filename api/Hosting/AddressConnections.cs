using System.Net;
using Microsoft.AspNetCore.Connections;
using Platform.Api.ForwardedHeaders;
using Platform.Api.Limits;
using Platform.Api.Requests;

namespace Platform.Api.Hosting;

/// <summary>
/// Closes what one client address opens beyond its share of connections, before TLS costs anything, so that no single one takes them all (threat T67). Trusted proxies have no
/// share: they bring the connections of many clients.
/// </summary>
internal sealed partial class AddressConnections(
    ConnectionBounds bounds, IOptions<LimitsOptions> limits, IOptions<ProxyOptions> proxies, HostMetrics metrics, TimeProvider time, ILogger<AddressConnections> logger)
{
    /// <summary>Between two lines of the log: a flood must not fill it.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ConnectionCounts _open = new(bounds.PerAddress(limits.Value));
    private long _refused;
    private long _loggedUntil = long.MinValue;

    /// <summary>How many networks have connections.</summary>
    public int Networks => _open.Networks;

    public ConnectionDelegate Watch(ConnectionDelegate serve) => connection => ServeAsync(serve, connection);

    private Task ServeAsync(ConnectionDelegate serve, ConnectionContext connection)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address } || proxies.Value.Trusts(address)) return serve(connection);
        var network = ClientAddress.Network(address);
        if (_open.TryOpen(network)) return ServeAsync(serve, connection, network);
        connection.Abort(new ConnectionAbortedException("The client address has as many connections as it may."));
        metrics.ConnectionRefused();
        Log();
        return Task.CompletedTask;
    }

    private async Task ServeAsync(ConnectionDelegate serve, ConnectionContext connection, ulong network)
    {
        try
        {
            await serve(connection);
        }
        finally
        {
            _open.Close(network);
        }
    }

    /// <summary>The first one at once, later ones together.</summary>
    private void Log()
    {
        Interlocked.Increment(ref _refused);
        var (now, until) = (time.GetTimestamp(), Volatile.Read(ref _loggedUntil));
        if (now < until || Interlocked.CompareExchange(ref _loggedUntil, now + (long)(Pause.TotalSeconds * time.TimestampFrequency), until) != until) return;
        LogRefused(Interlocked.Exchange(ref _refused, 0), bounds.PerAddress(limits.Value));
    }

    [LoggerMessage(EventName = "ConnectionsRefused", Level = LogLevel.Warning,
        Message = "{Count} connections were closed: their address already has {Most}, its limit. If it is a proxy of yours, name it in Platform:Proxy:TrustedNetworks; otherwise raise MaxConnectionsPerAddress")]
    private partial void LogRefused(long count, int most);
}
