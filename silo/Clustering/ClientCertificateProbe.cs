using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Platform.Silo.Clustering;

/// <summary>
/// Knocks at this silo's own ports as a stranger would, before the silo takes part: with TLS and without a certificate. A silo that lets the stranger in does not start, whatever
/// its settings promised (threat T80): a version of Orleans may ignore them, another process may hold the port.
/// </summary>
internal sealed partial class ClosedPorts(IOptions<EndpointOptions> endpoint, ILogger<ClosedPorts> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>A refusal takes milliseconds; on a machine that is starting much else it may wait its turn.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly SslApplicationProtocol Orleans = new("Orleans1");

    public void Participate(ISiloLifecycle lifecycle)
    {
        var options = endpoint.Value;
        lifecycle.Subscribe(nameof(ClosedPorts), ServiceLifecycleStage.ApplicationServices, cancellationToken => DemandClosedAsync("silo", options.SiloPort, cancellationToken));

        // The gateway accepts connections only once the silo is active.
        if (options.GatewayPort != 0) lifecycle.Subscribe(nameof(ClosedPorts), ServiceLifecycleStage.Active + 1, cancellationToken => DemandClosedAsync("gateway", options.GatewayPort, cancellationToken));
    }

    /// <summary>Whether who shows no certificate is turned away there by TLS. A port without TLS is open, even if it ends the connection because it cannot read what comes.</summary>
    /// <param name="port">On loopback or wherever.</param>
    /// <param name="cancellationToken">Of the caller; it throws when the connection is neither ended nor answered for as long.</param>
    public static async Task<bool> IsClosedAsync(IPEndPoint port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(port.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(port, cancellationToken);
        var speaksTls = false;
        await using var stream = new SslStream(new NetworkStream(socket));
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "silo",
                    ApplicationProtocols = [Orleans],
                    // Whose certificate it is does not matter to a stranger. Nothing is sent to it.
                    RemoteCertificateValidationCallback = (_, _, _, _) => speaksTls = true,
                },
                cancellationToken);

            // With TLS 1.3 the refusal comes after the client's end of the handshake.
            return await stream.ReadAsync(new byte[1], cancellationToken) == 0;
        }
        catch (Exception ended) when (ended is IOException or AuthenticationException)
        {
            return speaksTls;
        }
    }

    private async Task DemandClosedAsync(string name, int port, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            if (await IsClosedAsync(new IPEndPoint(endpoint.Value.AdvertisedIPAddress!, port), patience.Token))
            {
                Closed(logger, name, port);
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It keeps the connection open.
        }
        catch (SocketException unreachable)
        {
            throw new OpenPortException($"The {name} port {port} cannot be reached from this process itself, so it is not known whether it is closed to strangers: {unreachable.Message}");
        }

        throw new OpenPortException($"The {name} port {port} lets in who shows no certificate. The silo must not run: see that no other process holds the port, and report this.");
    }

    [LoggerMessage(EventName = "PortClosedToStrangers", Level = LogLevel.Debug, Message = "The {Name} port {Port} turns away who shows no certificate")]
    private static partial void Closed(ILogger logger, string name, int port);
}

internal sealed class OpenPortException(string message) : Exception(message);
