using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Platform.Cluster;
using Platform.Hosting;
using Platform.Silo.Hosting;
using Platform.Silo.Hosting.Clustering;

namespace Platform.Silo;

internal static class HealthListenerExtensions
{
    public static void AddHealthListener(this IHostApplicationBuilder builder) => builder.Services.AddHostedService<HealthListener>();
}

/// <summary>
/// <c>/livez</c> and <c>/readyz</c> of the silo executable, for supervisors on the same machine: over HTTP, on loopback only, and only where a port is set. Ready means what
/// API hosts care for: that this silo holds its lease, and so answers validations, can activate grains, and can open what is sealed.
/// </summary>
internal sealed class HealthListener(IOptions<NodeOptions> options, MembershipLease lease, ActivationHealth activations, SealedDataCheck data) : HostedLifecycleService, IAsyncDisposable
{
    private WebApplication? _server;

    public override async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.Value.HealthPort == 0) return;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Value.HealthPort);
        });
        _server = builder.Build();
        _server.Run(AnswerAsync);
        await _server.StartAsync(cancellationToken);
    }

    /// <summary>Before the silo leaves: one that does is not ready.</summary>
    public override Task StoppingAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task AnswerAsync(HttpContext context)
    {
        (context.Response.StatusCode, var text) = context.Request.Path.Value switch
        {
            "/livez" => (StatusCodes.Status200OK, "live"),
            "/readyz" => await ReadyAsync(context.RequestAborted),
            _ => (StatusCodes.Status404NotFound, "not found"),
        };
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private async Task<(int Status, string Text)> ReadyAsync(CancellationToken cancellationToken)
    {
        if (!lease.IsHeld || !await activations.IsHealthyAsync(cancellationToken)) return (StatusCodes.Status503ServiceUnavailable, "unready");
        return await data.FindFaultAsync(cancellationToken) is { } fault ? (StatusCodes.Status503ServiceUnavailable, $"unready: {fault}") : (StatusCodes.Status200OK, "ready");
    }
}
