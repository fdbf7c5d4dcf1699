using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Platform.StandIns.Tests.Telemetry;

public sealed class OpenTelemetryHostingTests
{
    [Fact]
    public async Task Host_WithTracingAndMetrics_ExportsBothUnderItsResourceBeforeItIsGone()
    {
        var spans = new Exporter<Activity>(static span => span.DisplayName);
        var metrics = new Exporter<Metric>(static metric => metric.Name);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddOpenTelemetry().ConfigureResource(static resource => resource.AddService("first"));
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("tested"))
            .WithTracing(tracing => tracing.AddSource("otel-test").AddProcessor(new BatchActivityExportProcessor(spans)))
            .WithMetrics(meters => meters.AddMeter("otel-test").AddReader(new PeriodicExportingMetricReader(metrics)));
        var host = builder.Build();
        builder.Services.Count(d => d.ServiceType == typeof(IHostedService)).ShouldBe(1);
        await host.StartAsync();

        using var source = new ActivitySource("otel-test");
        using var meter = new Meter("otel-test");
        source.StartActivity("a span")!.Dispose();
        meter.CreateCounter<int>("a.counter").Add(1);
        host.Services.GetRequiredService<TracerProvider>().GetResource().Attributes.ShouldContain(KeyValuePair.Create<string, object>("service.name", "tested"));
        await host.StopAsync();
        host.Dispose();

        spans.Names.ShouldContain("a span");
        metrics.Names.ShouldContain("a.counter");
    }

    private sealed class Exporter<T>(Func<T, string> name) : BaseExporter<T>
        where T : class
    {
        public List<string> Names { get; } = [];

        public override ExportResult Export(in Batch<T> batch)
        {
            foreach (var item in batch)
            {
                Names.Add(name(item));
            }

            return ExportResult.Success;
        }
    }
}
