namespace Orleans.Configuration;

/// <summary>Time limits and queue limits of a silo. Those that concern the network are accepted and mean nothing in one process.</summary>
public class SiloMessagingOptions : MessagingOptions
{
    public static readonly TimeSpan DEFAULT_CLIENT_REGISTRATION_REFRESH = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan DEFAULT_MAX_REQUEST_PROCESSING_TIME = TimeSpan.FromHours(2);
    public const int DEFAULT_MAX_ENQUEUED_REQUESTS_SOFT_LIMIT = 0;
    public const int DEFAULT_MAX_ENQUEUED_REQUESTS_HARD_LIMIT = 0;

    public int SiloSenderQueues { get; set; }

    public int GatewaySenderQueues { get; set; }

    public int MaxForwardCount { get; set; } = 2;

    public TimeSpan ClientDropTimeout { get; set; } = TimeSpan.FromMinutes(1);

    public TimeSpan ClientRegistrationRefresh { get; set; } = DEFAULT_CLIENT_REGISTRATION_REFRESH;

    public TimeSpan ClientGatewayShutdownNotificationTimeout { get; set; } = TimeSpan.Zero;

    public int MaxEnqueuedRequestsSoftLimit { get; set; } = DEFAULT_MAX_ENQUEUED_REQUESTS_SOFT_LIMIT;

    /// <summary>How many calls may wait for one activation before more are refused. Default: 0, no limit.</summary>
    public int MaxEnqueuedRequestsHardLimit { get; set; } = DEFAULT_MAX_ENQUEUED_REQUESTS_HARD_LIMIT;

    public int MaxEnqueuedRequestsSoftLimit_StatelessWorker { get; set; }

    public int MaxEnqueuedRequestsHardLimit_StatelessWorker { get; set; }

    public TimeSpan MaxRequestProcessingTime { get; set; } = DEFAULT_MAX_REQUEST_PROCESSING_TIME;

    public bool AssumeHomogenousSilosForTesting { get; set; }

    public TimeSpan SystemResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan GrainWorkloadAnalysisPeriod { get; set; } = TimeSpan.FromSeconds(5);

    public TimeSpan RequestProcessingWarningTime { get; set; } = TimeSpan.FromSeconds(20);

    public TimeSpan RequestQueueDelayWarningTime { get; set; } = TimeSpan.FromSeconds(20);

    public TimeSpan WaitForMessageToBeQueuedForOutboundTime { get; set; } = TimeSpan.Zero;
}

/// <summary>Limits of a client. Accepted; there is no client of its own in one process.</summary>
public class ClientMessagingOptions : MessagingOptions
{
    public const int DEFAULT_CLIENT_SENDER_BUCKETS = 8192;

    public int ClientSenderBuckets { get; set; } = DEFAULT_CLIENT_SENDER_BUCKETS;

    public System.Net.Sockets.AddressFamily PreferredFamily { get; set; } = System.Net.Sockets.AddressFamily.InterNetwork;

    public string? NetworkInterfaceName { get; set; }

    public System.Net.IPAddress? LocalAddress { get; set; }
}

/// <summary>Thresholds of the turn scheduler. Accepted.</summary>
public class SchedulingOptions
{
    public TimeSpan DelayWarningThreshold { get; set; } = TimeSpan.FromSeconds(10);

    public TimeSpan ActivationSchedulingQuantum { get; set; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan TurnWarningLengthThreshold { get; set; } = TimeSpan.FromSeconds(1);

    public int MaxPendingWorkItemsSoftLimit { get; set; }

    public TimeSpan StoppedActivationWarningInterval { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>Idle stateless workers. Accepted; the stand-in ends them by their collection age.</summary>
public class StatelessWorkerOptions
{
    public bool RemoveIdleWorkers { get; set; } = true;

    public TimeSpan IdleWorkersInspectionPeriod { get; set; } = TimeSpan.FromMilliseconds(500);

    public int MinIdleCyclesBeforeRemoval { get; set; } = 1;
}
