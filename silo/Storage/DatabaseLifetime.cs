using Microsoft.Extensions.Hosting;

namespace Platform.Silo.Storage;

/// <summary>
/// Storage frames the host: <see cref="StartingAsync"/> runs before any hosted service starts (the silo among them) and <see cref="StoppedAsync"/> after
/// the last has stopped, so grains read and write from their first to their last turn.
/// </summary>
internal sealed class DatabaseLifetime(IOpenableDatabase database) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => database.OpenAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => database.CloseAsync();
}
