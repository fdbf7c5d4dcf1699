using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.Journal;
using Platform.Storage;

namespace Platform.Silo.Hosting;

/// <summary>Degraded, not unhealthy: sessions in memory are validated while storage is away, so traffic must go on coming here.</summary>
internal sealed class StorageCheck(StorageHealth storage) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await storage.IsHealthyAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded();
}

internal sealed class GrainsCheck(ActivationHealth activations) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await activations.IsHealthyAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
}

/// <summary>Degraded, as with storage: nothing is changed while the journal cannot be written, but sessions in memory are validated.</summary>
internal sealed class JournalCheck(EndingJournal journal) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(journal.IsWritable ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded());
}

/// <summary>Unhealthy: nobody new gets in, and a host that cannot open what is stored must not look as if it served.</summary>
internal sealed class SealedDataCheck(SealedDataHealth data) : IHealthCheck
{
    /// <summary>Null: all is well.</summary>
    public Task<string?> FindFaultAsync(CancellationToken cancellationToken) => data.FindFaultAsync(cancellationToken);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await FindFaultAsync(cancellationToken) is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy();
}
