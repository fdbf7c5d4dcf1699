using Platform.Hosting;

namespace Platform.Storage;

/// <summary>
/// Storage frames the host: <see cref="StartingAsync"/> runs before any hosted service starts (the silo among them) and <see cref="StoppedAsync"/> after
/// the last has stopped, so grains read and write from their first to their last turn.
/// </summary>
internal sealed class DatabaseLifetime(IOpenableDatabase database) : HostedLifecycleService
{
    public override Task StartingAsync(CancellationToken cancellationToken) => database.OpenAsync(cancellationToken);

    public override Task StoppedAsync(CancellationToken cancellationToken) => database.CloseAsync();
}
