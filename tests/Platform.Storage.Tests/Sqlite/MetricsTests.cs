using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
using Platform.Sessions;
using Platform.Silo.Storage;
using Platform.Telemetry;

namespace Platform.Storage.Tests.Sqlite;

public sealed class MetricsTests
{
    [Fact]
    public async Task Operation_IsMeasuredByKindAndOutcomeOnly()
    {
        using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = provider.GetRequiredService<IMeterFactory>();
        var telemetry = new StorageTelemetry(new PlatformMetrics(meters, new LiveSessions()), TimeProvider.System, NullLogger<StorageTelemetry>.Instance);
        var measured = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == "platform.storage.operation.duration") self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
            measured.Add(string.Join(" ", tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"))));
        listener.Start();

        await RunAsync(null);
        await Should.ThrowAsync<InconsistentStateException>(() => RunAsync(new InconsistentStateException("conflict")));
        await Should.ThrowAsync<StorageUnavailableException>(() => RunAsync(new IOException("disk")));

        measured.ShouldBe(["operation=write outcome=ok", "operation=write outcome=conflict", "operation=write outcome=failed"]);
        telemetry.WritesFail.ShouldBeTrue();

        Task<int> RunAsync(Exception? failure) => telemetry.RunAsync(
            "sqlite",
            new Operation("write", "tenants"),
            exception => exception is IOException ? new StorageUnavailableException() : null,
            () => failure is null ? Task.FromResult(1) : Task.FromException<int>(failure));
    }
}
