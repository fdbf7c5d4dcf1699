using System.Collections.Immutable;
using Orleans.Services;
using Platform.Tenants;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>
/// One on every silo: accepts the changes of the other silos and passes them on to the hosts that hold replicas of its sessions. It answers within a second, or they fence the silo. The answer
/// says how long the caller has to wait until no host answers by an earlier replica.
/// </summary>
[Alias("platform.INodeService")]
internal interface IInvalidationService : IGrainService
{
    [Alias("TakeTerms"), ResponseTimeout(Timeout)]
    Task<TimeSpan> AcceptPolicyAsync(TenantId tenant, TenantPolicySnapshot policy);

    [Alias("ForgetKey"), ResponseTimeout(Timeout)]
    Task ForgetKeyAsync(string subject);

    [Alias("Recall"), ResponseTimeout(Timeout)]
    Task<TimeSpan> EvictAsync(ImmutableArray<SessionId> sessions);

    internal const string Timeout = "00:00:01";
}
