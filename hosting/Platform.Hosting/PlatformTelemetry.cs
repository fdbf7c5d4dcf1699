using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Instrumentation.Http;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Platform.Telemetry;

namespace Platform.Hosting;

public static class PlatformTelemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] Sources = ["Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime", "Platform.*", "Npgsql"];

    /// <summary>Measurements of Npgsql carry the name of a pool: ours have one, Orleans' are named by their connection string without its password.</summary>
    private static readonly string[] Meters = [PlatformMetrics.MeterName, "Microsoft.Orleans", "Npgsql"];

    /// <summary>
    /// Traces, metrics and logs over OTLP (row TRACE), only where a collector is named: without one, requests pay nothing for it. Sampling follows the caller and
    /// the standard OTEL_TRACES_SAMPLER; by default every trace is kept. No headers, queries or bodies are recorded.
    /// </summary>
    /// <param name="builder">Of any process of the platform.</param>
    /// <param name="service">What collectors call it.</param>
    public static void AddPlatformTelemetry(this IHostApplicationBuilder builder, string service)
    {
        if (!IsWanted(builder.Configuration)) return;

        // The default one also takes a caller's baggage and sends it on to whom the platform calls. Trace context is read and written by .NET itself.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        var runtime = new RuntimeInfo().Runtime;
        var environment = builder.Configuration[PlatformOptions.Section + ":Environment"] ?? new PlatformOptions().Environment;
        builder.Services.Configure<OpenTelemetryLoggerOptions>(logs => logs.IncludeFormattedMessage = true);
        builder.Services.Configure<HttpClientTraceInstrumentationOptions>(http => http.EnrichWithHttpRequestMessage = RemovePath);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(service, serviceVersion: typeof(PlatformTelemetry).Assembly.GetName().Version?.ToString(3))
                .AddAttributes([new("platform.runtime", runtime), new("deployment.environment.name", environment)]))
            .WithTracing(tracing => tracing.AddSource(Sources).AddHttpClientInstrumentation().AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddOtlpExporter())
            .WithLogging(logs => logs.AddOtlpExporter());
    }

    public static bool IsWanted(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[Endpoint]);

    /// <summary>Providers of SMS put keys into the path of a webhook as well as into its query. Whom it was sent to is in server.address.</summary>
    private static void RemovePath(Activity span, HttpRequestMessage request) => span.SetTag("url.full", request.RequestUri?.GetLeftPart(UriPartial.Authority));
}
