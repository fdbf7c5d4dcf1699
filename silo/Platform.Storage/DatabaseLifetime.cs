using Platform.Hosting;

namespace Platform.Storage;

/// <summary>
/// Storage frames the host: <see cref="StartingAsync"/> runs before any hosted service starts (the silo among them) and <see cref="StoppedAsync"/> after
/// the last has stopped, so grains read and write from their first to their last turn.
/// </summary>
/// <param name="database">Opened first, closed last.</param>
/// <param name="ownership">Taken before the check of the secrets, so that a process that shares a database by mistake reports this and not a missing key.</param>
/// <param name="secrets">Checked before anything reads or writes.</param>
internal sealed class DatabaseLifetime(IOpenableDatabase database, IDatabaseOwnership? ownership = null, KnownSecrets? secrets = null) : HostedLifecycleService
{
    public override async Task StartingAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        if (ownership is not null) await ownership.TakeAsync(cancellationToken);
        if (secrets is not null) await secrets.CheckAsync(cancellationToken);
    }

    public override async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (ownership is not null) await ownership.ReleaseAsync();
        await database.CloseAsync();
    }
}
