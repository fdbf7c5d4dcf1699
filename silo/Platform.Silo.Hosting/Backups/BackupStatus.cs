using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Platform.Storage.Backups;
using Platform.Telemetry;

namespace Platform.Silo.Hosting.Backups;

/// <summary>What this process knows of the scheduled backups.</summary>
internal sealed class BackupStatus
{
    private readonly IOptions<BackupOptions> _options;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _since;
    private long _newest;

    public BackupStatus(IOptions<BackupOptions> options, PlatformMetrics metrics, TimeProvider time)
    {
        (_options, _time, _since) = (options, time, time.GetUtcNow());
        metrics.ObserveBackupAge(() => Newest is { } newest ? time.GetUtcNow() - newest : null);
    }

    /// <summary>The newest backup that was verified; null: there is none.</summary>
    public DateTimeOffset? Newest => Interlocked.Read(ref _newest) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Two intervals without a backup that was verified, since the last or since the start of this process.</summary>
    public bool IsLate => _time.GetUtcNow() - Max(Newest, _since) > 2 * _options.Value.Interval;

    public void Saw(DateTimeOffset newest) => Interlocked.Exchange(ref _newest, newest.UtcTicks);

    private static DateTimeOffset Max(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;
}

/// <summary>Degraded, not unhealthy: whoever signs in is served all the same.</summary>
internal sealed class BackupCheck(BackupStatus status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(status.IsLate ? HealthCheckResult.Degraded() : HealthCheckResult.Healthy());
}
