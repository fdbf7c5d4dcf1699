using Platform.Security;

namespace Platform.Storage.Backups;

/// <summary>Finds out whether a backup would do: reads it from the disk, restores it into a scratch database and compares.</summary>
internal sealed class BackupVerification(IBackupDatabase database, MasterKey master, BackupProgress progress)
{
    /// <summary>A backup for recipients opens without their keys for nobody: of such a one the checksums are compared.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <returns>Whether it was restored.</returns>
    /// <exception cref="BackupException">It would not do.</exception>
    public async Task<bool> VerifyAsync(string path, CancellationToken cancellationToken)
    {
        var backup = StoredBackup.Open(path, master);
        progress.Begin("Verifying it ...");
        var data = backup.Check(StoredBackup.Data, progress, cancellationToken);
        var dataKeys = backup.Check(StoredBackup.DataKeys, progress, cancellationToken);
        if (backup.Content.Recipients is not [BackupRecipients.MasterKey]) return false;

        var identity = BackupIdentity.Of(backup.Key);
        await using var scratch = await database.OpenScratchAsync(cancellationToken);
        var loaded = await scratch.LoadAsync(data.As(identity), dataKeys.As(identity), cancellationToken);
        backup.Content.Content.Require(loaded, backup.Content.Content);
        if (await scratch.FindBrokenLogAsync(cancellationToken) is { } tenant) throw new BackupException($"The access log of tenant {tenant} is no chain any more: somebody altered it in the database.");
        if ((await scratch.SampleStatesAsync(cancellationToken)).FirstOrDefault(state => !state.IsAsItShouldBe(master)) is { } unreadable)
        {
            throw new BackupException($"The state '{unreadable.Name}' of {unreadable.Key} does not open with the data keys of the backup: its row, or table data_keys, was damaged in the database.");
        }

        return true;
    }
}
