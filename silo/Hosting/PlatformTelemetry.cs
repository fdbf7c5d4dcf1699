using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Platform.Telemetry;

namespace Platform.Silo.Hosting;

public static class PlatformTelemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] Sources =
        ["Microsoft.AspNetCore", "Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime", "Platform.*", "Npgsql", "System.Net.Http"];

    private static readonly string[] Meters =
        [PlatformMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.Orleans", "System.Runtime"];

    /// <summary>
    /// Traces and metrics over OTLP (row TRACE), only where a collector is named: without one, requests pay nothing for it. Sampling follows the caller and
    /// the standard OTEL_TRACES_SAMPLER; by default every trace is kept. No headers, queries or bodies are recorded.
    /// </summary>
    /// <param name="builder">Of any process of the platform.</param>
    /// <param name="service">What collectors call it.</param>
    public static void AddPlatformTelemetry(this IHostApplicationBuilder builder, string service)
    {
        if (!IsWanted(builder.Configuration)) return;
        var runtime = new RuntimeInfo().Runtime;
        var environment = builder.Configuration[PlatformOptions.Section + ":Environment"] ?? new PlatformOptions().Environment;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(service, serviceVersion: typeof(PlatformTelemetry).Assembly.GetName().Version?.ToString(3))
                .AddAttributes([new("platform.runtime", runtime), new("deployment.environment.name", environment)]))
            .WithTracing(tracing => tracing.AddSource(Sources).AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddOtlpExporter());
    }

    public static bool IsWanted(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[Endpoint]);
}
