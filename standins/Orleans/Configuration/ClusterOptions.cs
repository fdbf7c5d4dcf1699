using System.Diagnostics;
using System.Net;

namespace Orleans.Configuration;

/// <summary>Names of the service, whose state is kept under <see cref="ServiceId"/>, and of one running cluster of it.</summary>
public class ClusterOptions
{
    public const string DefaultClusterId = "default";
    public const string DefaultServiceId = "default";
    internal const string DevelopmentClusterId = "dev";
    internal const string DevelopmentServiceId = "dev";

    public string ClusterId { get; set; } = DefaultClusterId;

    public string ServiceId { get; set; } = DefaultServiceId;
}

/// <summary>Name of the silo. Default: Silo_ and five random letters.</summary>
public class SiloOptions
{
    public string SiloName { get; set; } = "Silo_" + System.Security.Cryptography.RandomNumberGenerator.GetHexString(5, lowercase: true);
}

/// <summary>Where a silo listens. Accepted; the stand-in opens no port.</summary>
public class EndpointOptions
{
    public const int DEFAULT_SILO_PORT = 11111;
    public const int DEFAULT_GATEWAY_PORT = 30000;

    public IPAddress AdvertisedIPAddress { get; set; } = IPAddress.Loopback;

    public int SiloPort { get; set; } = DEFAULT_SILO_PORT;

    public int GatewayPort { get; set; } = DEFAULT_GATEWAY_PORT;

    public IPEndPoint? SiloListeningEndpoint { get; set; }

    public IPEndPoint? GatewayListeningEndpoint { get; set; }
}

/// <summary>When idle activations end, and how long beginning and ending may take.</summary>
public class GrainCollectionOptions
{
    public static readonly TimeSpan DEFAULT_COLLECTION_QUANTUM = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan DEFAULT_ACTIVATION_TIMEOUT = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan DEFAULT_DEACTIVATION_TIMEOUT = TimeSpan.FromSeconds(30);

    /// <summary>How often idle activations are looked for. Default: one minute.</summary>
    public TimeSpan CollectionQuantum { get; set; } = DEFAULT_COLLECTION_QUANTUM;

    /// <summary>How long an activation may be idle. Default: 15 minutes.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The same for single classes, by grain type or full class name.</summary>
    public Dictionary<string, TimeSpan> ClassSpecificCollectionAge { get; set; } = [];

    public TimeSpan ActivationTimeout { get; set; } = DEFAULT_ACTIVATION_TIMEOUT;

    public TimeSpan DeactivationTimeout { get; set; } = DEFAULT_DEACTIVATION_TIMEOUT;

    /// <summary>Accepted; the stand-in sheds nothing.</summary>
    public bool EnableActivationSheddingOnMemoryPressure { get; set; }

    public TimeSpan MemoryUsagePollingPeriod { get; set; } = TimeSpan.FromSeconds(5);

    public double MemoryUsageLimitPercentage { get; set; } = 80;

    public double MemoryUsageTargetPercentage { get; set; } = 75;
}

/// <summary>Time limits of calls.</summary>
public abstract class MessagingOptions
{
    private TimeSpan _responseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long a caller waits for an answer. Default: 30 seconds.</summary>
    public TimeSpan ResponseTimeout
    {
        get => Debugger.IsAttached ? ResponseTimeoutWithDebugger : _responseTimeout;
        set => _responseTimeout = value;
    }

    public TimeSpan ResponseTimeoutWithDebugger { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether a call that nobody waits for any more is dropped instead of started. Default: yes.</summary>
    public bool DropExpiredMessages { get; set; } = true;

    public int MaxMessageHeaderSize { get; set; } = 10 * 1024 * 1024;

    public int MaxMessageBodySize { get; set; } = 100 * 1024 * 1024;

    /// <summary>Whether the callee's token is cancelled when its caller gives up waiting. Default: no.</summary>
    public bool CancelRequestOnTimeout { get; set; }

    /// <summary>Whether a cancelled caller waits until the callee has ended. Default: no.</summary>
    public bool WaitForCancellationAcknowledgement { get; set; }

    public bool CancelUnknownRequestOnStatusUpdate { get; set; }
}
