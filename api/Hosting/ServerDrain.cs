using Microsoft.AspNetCore.Hosting.Server;
using Platform.Api.Limits;
using Platform.Hosting;

namespace Platform.Api.Hosting;

/// <summary>
/// Ends the server before all else stops, and gives requests in flight no more than their own time (<see cref="LimitsOptions.ShutdownTimeout"/>). Else a single one
/// that does not end would take the time of the whole stop, and the grains and write-behind services, which come after, would be cut off before they have written.
/// </summary>
internal sealed class ServerDrain(IServer server, IOptions<LimitsOptions> limits) : HostedLifecycleService
{
    /// <summary>Time for grains, their delayed writes, and storage. A grain has five seconds to end.</summary>
    public static readonly TimeSpan TimeForTheRest = TimeSpan.FromSeconds(10);

    public override async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limits.Value.ShutdownTimeout);
        await server.StopAsync(timeout.Token);
    }
}
