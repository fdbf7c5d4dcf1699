using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Api.Hosting;

namespace Platform.Api.Tests.Hosting;

public sealed class OpenFilesWatchTests : IDisposable
{
    private readonly ProcFolder _proc = new("100");
    private readonly ManualTimeProvider _time = new();
    private readonly RecordedLogs _logs = new();
    private readonly LoggerFactory _factory;

    public OpenFilesWatchTests() => _factory = new LoggerFactory([_logs]);

    public void Dispose()
    {
        _factory.Dispose();
        _proc.Dispose();
    }

    [Fact]
    public async Task Count_PassesFourFifths_WarnsOnceAndAgainOnlyAfterItFell()
    {
        using var watch = new OpenFilesWatch(_proc.Read(), _time, _factory.CreateLogger<OpenFilesWatch>());
        await RoundAsync(watch, 80);
        Warnings().ShouldBe(0);

        await RoundAsync(watch, 81);
        await RoundAsync(watch, 99);
        Warnings().ShouldBe(1);
        _logs.At(LogLevel.Warning).ShouldHaveSingleItem().ShouldContain("81 of 100 file descriptors are in use");

        await RoundAsync(watch, 75);
        await RoundAsync(watch, 90);
        Warnings().ShouldBe(1, "it was still near");

        await RoundAsync(watch, 69);
        await RoundAsync(watch, 81);
        Warnings().ShouldBe(2);
    }

    [Fact]
    public void Metrics_ShowDescriptorsInUseAndTheirLimit()
    {
        _proc.Use(42);
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var measured = new Dictionary<string, int>(StringComparer.Ordinal);
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => Listen(instrument, self, services.GetRequiredService<IMeterFactory>()) };
        var metrics = new HostMetrics(services.GetRequiredService<IMeterFactory>(), _proc.Read());
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => measured[instrument.Name] = (int)value);
        listener.Start();

        metrics.ConnectionRefused();
        listener.RecordObservableInstruments();

        measured["process.unix.file_descriptor.count"].ShouldBe(42);
        measured["process.unix.file_descriptor.limit"].ShouldBe(100);
        measured["platform.connection.refused"].ShouldBe(1);
    }

    [Fact]
    public void Count_WithoutASource_IsUnknown()
    {
        var files = new OpenFiles("/nowhere");

        files.Limit.ShouldBeNull();
        files.Count().ShouldBeNull();
    }

    [Fact]
    public void Count_OfThisProcess_IsWithinItsLimit()
    {
        var files = new OpenFiles();
        if (files.Limit is null) return;
        files.Count().ShouldNotBeNull().ShouldBeInRange(4, files.Limit.Value);
    }

    /// <summary>Not to those of hosts of other tests.</summary>
    private static void Listen(Instrument instrument, MeterListener listener, IMeterFactory factory)
    {
        if (ReferenceEquals(instrument.Meter.Scope, factory)) listener.EnableMeasurementEvents(instrument);
    }

    private int Warnings() => _logs.At(LogLevel.Warning).Count();

    private Task RoundAsync(OpenFilesWatch watch, int descriptors)
    {
        _proc.Use(descriptors);
        return watch.CheckAsync();
    }
}
