using System.ComponentModel.DataAnnotations;

namespace Platform.Sessions;

/// <summary>Section <c>Platform:Replicas</c>: what a host keeps of sessions that live on silos elsewhere (decision 90).</summary>
public sealed class SessionReplicaOptions
{
    public const string Section = PlatformOptions.Section + ":Replicas";

    /// <summary>Sessions of which this host keeps a replica, about 1.5 KB each; those not asked for lately go first. Default 100,000; 0: none, each validation asks the session's silo.</summary>
    [Range(0, 10_000_000)]
    public int MaxSessions { get; set; } = 100_000;
}
