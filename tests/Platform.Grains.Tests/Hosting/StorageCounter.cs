using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Platform.Tests.Hosting;

/// <summary>Counts what a silo asks of its database, whichever that is.</summary>
internal sealed class StorageCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _operations = new();

    public StorageCounter(SiloHost silo)
    {
        var meters = silo.Service<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == "platform.storage.operation.duration") self.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            foreach (var (key, value) in tags)
            {
                if (key == "operation" && value is string kind) _operations.Enqueue(kind);
            }
        });
        _listener.Start();
    }

    public int Writes => _operations.Count(kind => kind is "write" or "clear" or "batch");

    public int Reads => _operations.Count(kind => kind is "read" or "query");

    public void Dispose() => _listener.Dispose();
}
