using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Platform.Hosting.Clustering;

/// <summary>Whether the cluster answers this host; if not, another host does better.</summary>
internal sealed class GatewayCheck(GatewayWatch gateways) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(gateways.IsAnswering ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}
