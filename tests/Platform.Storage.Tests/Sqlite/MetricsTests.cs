using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
using Platform.Sessions;
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
        using var collector = new MetricCollector<double>(meters, PlatformMetrics.MeterName, "platform.storage.operation.duration");

        await RunAsync(null);
        await Should.ThrowAsync<InconsistentStateException>(() => RunAsync(new InconsistentStateException("conflict")));
        await Should.ThrowAsync<StorageUnavailableException>(() => RunAsync(new IOException("disk")));

        collector.GetMeasurementSnapshot().Select(measured => string.Join(" ", measured.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"))).ShouldBe(["operation=write outcome=ok", "operation=write outcome=conflict", "operation=write outcome=failed"]);
        telemetry.WritesFail.ShouldBeTrue();

        Task<int> RunAsync(Exception? failure) => telemetry.RunAsync(
            "sqlite",
            new Operation("write", "tenants"),
            exception => exception is IOException ? new StorageUnavailableException() : null,
            () => failure is null ? Task.FromResult(1) : Task.FromException<int>(failure));
    }
}
