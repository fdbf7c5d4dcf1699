using System.Security.Cryptography;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Platform.Lifecycle;
using Platform.Security;

namespace Platform.Hosting.MasterKeys;

/// <summary>
/// On an API host without a silo: says every five seconds which master keys it holds, and does as it is told. It has no database, so it learns the index key from there as well.
/// </summary>
internal sealed partial class MasterKeyReporter(
    IGrainFactory grains, HeldMasterKeys held, IndexKey index, TimeProvider time, ILogger<MasterKeyReporter> logger) : PeriodicService(Interval, time), IHealthCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly string _name = $"host {Environment.MachineName} {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
    private volatile string? _fault;
    private bool _failing;

    protected override bool RunsAtStart => true;

    /// <summary>Unhealthy without the current key: what others seal does not open here.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_fault is { } fault ? HealthCheckResult.Unhealthy(fault) : index.IsKnown ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        var orders = await grains.MasterKeys().ReportAsync(held.ToHolder(_name), cancellationToken);
        var missing = held.Follow(orders);
        if (missing is { IsNews: true }) Missing(logger, missing.Id, held.PlaceOf(missing.Id));
        _fault = missing is { IsCurrent: true } ? "This host lacks the current master key (docs/operations/keys-and-backups.md)." : null;
        _failing = false;
    }

    protected override void LogFailure(Exception failure)
    {
        if (!_failing) Failed(logger, failure);
        _failing = true;
    }

    [LoggerMessage(EventName = "MasterKeyMissing", Level = LogLevel.Error, Message = "This process lacks master key {Key}. Put it where the process finds it: {Place}")]
    private static partial void Missing(ILogger logger, string key, string place);

    [LoggerMessage(EventName = "MasterKeysNotReported", Level = LogLevel.Warning, Message = "No silo was told which master keys this host holds; it tries again. Where the silos refuse its calls, it has another master key than they")]
    private static partial void Failed(ILogger logger, Exception failure);
}
