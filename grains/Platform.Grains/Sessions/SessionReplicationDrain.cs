using Microsoft.Extensions.Hosting;

namespace Platform.Sessions;

/// <summary>Drains <see cref="SessionReplication"/> when the silo stops, as long as its grains can be called.</summary>
internal sealed class SessionReplicationDrain(SessionReplication replication) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => replication.DrainAsync().WaitAsync(cancellationToken);
}
