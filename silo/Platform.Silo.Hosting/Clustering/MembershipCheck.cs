using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.Cluster;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>Whether this node may answer from memory now; if not, it answers 503 and another one does better.</summary>
internal sealed class MembershipCheck(MembershipLease lease) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lease.IsHeld ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}
