using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Extensions.Hosting.Implementation;

/// <summary>Makes the configured providers when the host starts and flushes them when it stops; the container disposes them.</summary>
internal sealed class TelemetryHostedService(IServiceProvider services) : IHostedService
{
    private const int FlushMilliseconds = 5000;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = services.GetService<MeterProvider>();
        _ = services.GetService<TracerProvider>();
        _ = services.GetService<LoggerProvider>();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => services.GetService<TracerProvider>()?.ForceFlush(FlushMilliseconds), cancellationToken),
        Task.Run(() => services.GetService<MeterProvider>()?.ForceFlush(FlushMilliseconds), cancellationToken),
        Task.Run(() => services.GetService<LoggerProvider>()?.ForceFlush(FlushMilliseconds), cancellationToken));
}
