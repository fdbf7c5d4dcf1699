using System.Diagnostics.Metrics;
using Platform.Telemetry;

namespace Platform.Api.Hosting;

/// <summary>Metrics of this host's descriptors and connections. The count is named by OpenTelemetry's conventions, which have no name for the limit.</summary>
internal sealed class HostMetrics
{
    private readonly Counter<long> _refused;

    public HostMetrics(IMeterFactory meters, OpenFiles files)
    {
        var meter = meters.Create(PlatformMetrics.MeterName);
        _refused = meter.CreateCounter<long>("platform.connection.refused", "{connection}", "Connections closed because their client address has as many as it may.");
        if (files.Limit is not { } limit) return;
        meter.CreateObservableUpDownCounter("process.unix.file_descriptor.count", () => files.Count() ?? 0, "{file_descriptor}", "Number of unix file descriptors in use by the process.");
        meter.CreateObservableUpDownCounter("process.unix.file_descriptor.limit", () => limit, "{file_descriptor}", "Most unix file descriptors that the process may have.");
    }

    public void ConnectionRefused() => _refused.Add(1);
}
