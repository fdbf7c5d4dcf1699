using System.Collections.Immutable;
using Orleans.Services;
using Platform.Tenants;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>One on every silo: accepts the changes of the other silos. It answers within a second, or they fence the silo.</summary>
[Alias("platform.INodeService")]
internal interface IInvalidationService : IGrainService
{
    [Alias("TakeTerms"), ResponseTimeout(Timeout)]
    Task AcceptPolicyAsync(TenantId tenant, TenantPolicySnapshot policy);

    [Alias("ForgetKey"), ResponseTimeout(Timeout)]
    Task ForgetKeyAsync(string subject);

    [Alias("Recall"), ResponseTimeout(Timeout)]
    Task EvictAsync(ImmutableArray<SessionId> sessions);

    internal const string Timeout = "00:00:01";
}
