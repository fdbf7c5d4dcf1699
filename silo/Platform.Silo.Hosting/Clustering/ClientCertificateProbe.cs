using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>
/// Connects to this silo's own ports with TLS and without a client certificate, before the silo takes part. A silo whose port accepts that does not start, whatever its settings
/// say (threat T80): a version of Orleans may ignore them, another process may hold the port.
/// </summary>
internal sealed partial class ClientCertificateProbe(IOptions<EndpointOptions> endpoint, ILogger<ClientCertificateProbe> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>A refusal takes milliseconds; on a machine that is starting much else it may wait its turn.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly SslApplicationProtocol Orleans = new("Orleans1");

    public void Participate(ISiloLifecycle lifecycle)
    {
        var options = endpoint.Value;
        lifecycle.Subscribe(nameof(ClientCertificateProbe), ServiceLifecycleStage.ApplicationServices, cancellationToken => DemandCertificatesAsync("silo", options.SiloPort, cancellationToken));

        // The gateway accepts connections only once the silo is active.
        if (options.GatewayPort != 0) lifecycle.Subscribe(nameof(ClientCertificateProbe), ServiceLifecycleStage.Active + 1, cancellationToken => DemandCertificatesAsync("gateway", options.GatewayPort, cancellationToken));
    }

    /// <summary>Whether TLS ends a connection without a client certificate. A port without TLS does not count, even if it ends the connection because it cannot read what comes.</summary>
    /// <param name="port">Where it listens.</param>
    /// <param name="cancellationToken">Bounds the wait for the end of the connection.</param>
    public static async Task<bool> RefusesAnonymousClientsAsync(IPEndPoint port, CancellationToken cancellationToken)
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
                    // Whose certificate the server has does not matter: nothing is sent to it.
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

    private async Task DemandCertificatesAsync(string name, int port, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            if (await RefusesAnonymousClientsAsync(new IPEndPoint(endpoint.Value.AdvertisedIPAddress!, port), timeout.Token))
            {
                AnonymousClientsRefused(logger, name, port);
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The connection stays open.
        }
        catch (SocketException unreachable)
        {
            throw new UnprotectedPortException($"The {name} port {port} cannot be reached from this process itself, so it is not known whether it demands certificates: {unreachable.Message}");
        }

        throw new UnprotectedPortException($"The {name} port {port} accepts clients without a certificate. The silo must not run: see that no other process holds the port, and report this.");
    }

    [LoggerMessage(EventName = "AnonymousClientsRefused", Level = LogLevel.Debug, Message = "The {Name} port {Port} refuses clients without a certificate")]
    private static partial void AnonymousClientsRefused(ILogger logger, string name, int port);
}

internal sealed class UnprotectedPortException(string message) : Exception(message);
