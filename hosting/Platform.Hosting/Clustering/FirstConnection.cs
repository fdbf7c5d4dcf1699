using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Platform.Hosting.Clustering;

/// <summary>How long the start of an API host waits for the silos: they may be starting, too. Later losses do not end it.</summary>
internal sealed partial class FirstConnection(IOptions<ClientOptions> options, TimeProvider time, ILogger<FirstConnection> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly long _started = time.GetTimestamp();
    private bool _isLogged;

    /// <exception cref="ClusterUnreachableException">It has waited long enough.</exception>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_started) >= options.Value.StartupTimeout) throw new ClusterUnreachableException(options.Value.Gateways, exception);
        if (!_isLogged) Waiting(logger, string.Join(", ", options.Value.Gateways));
        _isLogged = true;
        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }

    [LoggerMessage(EventName = "WaitingForSilos", Level = LogLevel.Warning, Message = "No gateway of {Gateways} answers yet; the start waits")]
    private static partial void Waiting(ILogger logger, string gateways);
}

internal sealed class ClusterUnreachableException(IEnumerable<string> gateways, Exception innerException) : Exception(
    $"No silo answers at {ClientOptions.Section}:{nameof(ClientOptions.Gateways)} ({string.Join(", ", gateways)}). Start the silos, and see that both sides have certificates of the same authority, the same master key and the same environment.",
    innerException);
