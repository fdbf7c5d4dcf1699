namespace Orleans.Configuration;

/// <summary>How silos watch each other. Accepted; one process watches nobody.</summary>
public class ClusterMembershipOptions
{
    private TimeSpan? _minProbeTimeout;
    private TimeSpan? _maxProbeTimeout;

    public int NumMissedTableIAmAliveLimit { get; set; } = 3;

    public bool LivenessEnabled { get; set; } = true;

    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    public TimeSpan MinProbeTimeout { get => _minProbeTimeout ?? ProbeTimeout / 2; set => _minProbeTimeout = value; }

    public TimeSpan MaxProbeTimeout { get => _maxProbeTimeout ?? ProbeTimeout * 4; set => _maxProbeTimeout = value; }

    public TimeSpan TableRefreshTimeout { get; set; } = TimeSpan.FromSeconds(60);

    public TimeSpan DeathVoteExpirationTimeout { get; set; } = TimeSpan.FromMinutes(2);

    public TimeSpan IAmAliveTablePublishTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan MaxJoinAttemptTime { get; set; } = TimeSpan.FromMinutes(5);

    public bool UseLivenessGossip { get; set; } = true;

    public int NumProbedSilos { get; set; } = 10;

    public int NumMissedProbesLimit { get; set; } = 3;

    public int NumVotesForDeathDeclaration { get; set; } = 2;

    public TimeSpan DefunctSiloExpiration { get; set; } = TimeSpan.FromDays(7);

    public TimeSpan? DefunctSiloCleanupPeriod { get; set; } = TimeSpan.FromHours(1);

    public int? MaxDefunctSiloEntries { get; set; } = 25;

    public TimeSpan LocalHealthDegradationMonitoringPeriod { get; set; } = TimeSpan.FromSeconds(10);

    public bool ExtendProbeTimeoutDuringDegradation { get; set; } = true;

    public bool EnableIndirectProbes { get; set; } = true;

    public bool EnableConnectionLivenessCheck { get; set; } = true;

    public bool EvictWhenMaxJoinAttemptTimeExceeded { get; set; } = true;
}

/// <summary>How clients find gateways. Accepted.</summary>
public class GatewayOptions
{
    public const int DEFAULT_PREFERED_GATEWAY_INDEX = -1;

    public TimeSpan GatewayListRefreshPeriod { get; set; } = TimeSpan.FromMinutes(1);

    public int PreferredGatewayIndex { get; set; } = DEFAULT_PREFERED_GATEWAY_INDEX;
}

/// <summary>When a silo refuses clients for load. Accepted.</summary>
public class LoadSheddingOptions
{
    public bool LoadSheddingEnabled { get; set; }

    public int CpuThreshold { get; set; } = 95;

    public int MemoryThreshold { get; set; } = 90;
}
