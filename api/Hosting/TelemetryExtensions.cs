using System.Diagnostics;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Platform.Api.Requests;
using Platform.Hosting;

namespace Platform.Api.Hosting;

internal static class TelemetryExtensions
{
    /// <summary>Exports the telemetry of every process, and the spans and metrics of requests. Does nothing without a collector.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.AddPlatformTelemetry("platform-api");
        if (!PlatformTelemetry.IsWanted(builder.Configuration)) return;
        builder.Services.Configure<AspNetCoreTraceInstrumentationOptions>(options =>
        {
            options.EnrichWithHttpRequest = RemoveCallersText;
            options.EnrichWithHttpResponse = NameRoute;
        });
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddAspNetCoreInstrumentation());
        builder.Services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddAspNetCoreInstrumentation());
    }

    /// <summary>The package redacts the values of a query but keeps its keys, and has a switch that keeps both; a query and a user agent can hold any text.</summary>
    private static void RemoveCallersText(Activity span, HttpRequest request) => span.SetTag("url.query", null).SetTag("user_agent.original", null);

    /// <summary>The package takes the route as the framework writes it: that of a group with a slash at its end.</summary>
    private static void NameRoute(Activity span, HttpResponse response)
    {
        if (RouteText.Of(response.HttpContext) is not { Length: > 0 } route) return;
        span.SetTag("http.route", route);
        span.DisplayName = $"{span.GetTagItem("http.request.method")} {route}";
    }
}
