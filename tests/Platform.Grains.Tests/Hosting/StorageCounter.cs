using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Platform.Telemetry;

namespace Platform.Grains.Tests.Hosting;

/// <summary>Counts what a silo asks of its database, whichever that is.</summary>
internal sealed class StorageCounter(SiloHost silo) : IDisposable
{
    private readonly MetricCollector<double> _operations = new(silo.Service<IMeterFactory>(), PlatformMetrics.MeterName, "platform.storage.operation.duration");

    public int Writes => CountOf("write", "clear", "batch");

    public int Reads => CountOf("read", "query");

    public void Dispose() => _operations.Dispose();

    /// <summary>Periodic work reads these whenever its time comes, which on a busy machine is in the middle of what is counted.</summary>
    private static readonly string[] Polled = ["notification_outbox", "erasures", "support_grants", "schema_version"];

    private int CountOf(params string[] kinds) =>
        _operations.GetMeasurementSnapshot().Count(operation => kinds.Contains(operation.Tags["operation"]) && !(operation.Tags["operation"] is "query" && Polled.Contains(operation.Tags["table"])));
}
