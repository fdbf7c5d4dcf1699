using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Platform.Security;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Silo.Hosting.Clustering;

[Reentrant]
internal sealed class InvalidationService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, LiveTenants tenants, DataKeys keys, SessionEviction eviction, SessionReplication replication)
    : GrainService(id, silo, loggers), IInvalidationService
{
    public Task<TimeSpan> AcceptPolicyAsync(TenantId tenant, TenantPolicySnapshot policy)
    {
        tenants.Publish(tenant, policy);
        return replication.WithinAsync(replication.PublishAsync(tenant, policy));
    }

    public Task ForgetKeyAsync(string subject)
    {
        keys.Forget(subject);
        return Task.CompletedTask;
    }

    public Task<TimeSpan> EvictAsync(ImmutableArray<SessionId> sessions)
    {
        // Their clocks may be saved later: no answer depends on it.
        var (withdrawn, _) = eviction.EvictHere(sessions);
        return replication.WithinAsync(withdrawn);
    }
}

/// <summary>Calls the node service of a given silo.</summary>
internal sealed class InvalidationServiceClient(IServiceProvider services) : GrainServiceClient<IInvalidationService>(services)
{
    public IInvalidationService Of(SiloAddress silo) => GetGrainService(silo);
}
