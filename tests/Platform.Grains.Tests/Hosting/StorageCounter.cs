using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Platform.Telemetry;

namespace Platform.Tests.Hosting;

/// <summary>Counts what a silo asks of its database, whichever that is.</summary>
internal sealed class StorageCounter(SiloHost silo) : IDisposable
{
    private readonly MetricCollector<double> _operations = new(silo.Service<IMeterFactory>(), PlatformMetrics.MeterName, "platform.storage.operation.duration");

    public int Writes => CountOf("write", "clear", "batch");

    public int Reads => CountOf("read", "query");

    public void Dispose() => _operations.Dispose();

    private int CountOf(params string[] kinds) => _operations.GetMeasurementSnapshot().Count(operation => kinds.Contains(operation.Tags["operation"]));
}
