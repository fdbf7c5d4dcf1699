using Microsoft.Extensions.Options;
using Platform.Hosting.MasterKeys;
using Platform.Security;
using Platform.Storage.Postgres;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Backups;

/// <summary>Fills an empty database from a backup. What has to follow before a process may start on it (<c>RestoreConsequences</c>) is the caller's: until then the database is marked (<see cref="RestoreMarker"/>).</summary>
internal sealed class RestoreRun(IBackupDatabase database, MasterKey master, OtherMasterKeys others, IOptions<PlatformOptions> platform, BackupProgress progress)
{
    /// <summary>Refuses whatever does not fit before anything is touched.</summary>
    /// <param name="from">Folder of the backup.</param>
    /// <param name="dataKeysFrom">Folder of the one whose data keys are to be used; null: the same.</param>
    /// <param name="identity">Opens the archives; null: the master key does.</param>
    /// <param name="accepted">Is given the manifest before anything is touched, and may refuse by an exception.</param>
    /// <param name="cancellationToken">Leaves a database that counts as empty.</param>
    /// <returns>What it holds, and the master key of the data keys, where that is another one.</returns>
    public async Task<(BackupManifest Manifest, MasterKeyVersion? KeyOfDataKeys)> RestoreAsync(
        string from, string? dataKeysFrom, BackupIdentity? identity, Action<BackupManifest> accepted, CancellationToken cancellationToken)
    {
        RequireMasterKey();
        var backup = Accept(StoredBackup.Open(from, master, others));
        var keysOf = dataKeysFrom is null ? backup : Accept(StoredBackup.Open(dataKeysFrom, master, others));
        progress.Begin($"Checking {backup.Name} ...");
        var data = backup.Check(StoredBackup.Data, progress, cancellationToken).As(identity ?? BackupIdentity.Of(backup.Key));
        var dataKeys = keysOf.Check(StoredBackup.DataKeys, progress, cancellationToken).As(identity ?? BackupIdentity.Of(keysOf.Key));

        accepted(backup.Content);
        await database.RequireEmptyAsync(cancellationToken);
        backup.Content.Content.Require(await database.LoadAsync(data, dataKeys, cancellationToken), keysOf.Content.Content);
        return (backup.Content, keysOf.Key.Id == backup.Key.Id ? null : keysOf.Key);
    }

    /// <inheritdoc cref="IBackupDatabase.MarkRecoveredAsync"/>
    public Task<RecoveredLogs> MarkRecoveredAsync(CancellationToken cancellationToken)
    {
        RequireMasterKey();
        return database.MarkRecoveredAsync(cancellationToken);
    }

    private void RequireMasterKey()
    {
        if (master.IsNew) throw new BackupException($"The master key {platform.Value.MasterKeyPath} is missing. Put it there from your copy first: without it nothing in a backup can be read.");
    }

    private StoredBackup Accept(StoredBackup backup)
    {
        var manifest = backup.Content;
        if (manifest.Environment != platform.Value.Environment)
        {
            throw new BackupException($"The backup is of environment '{manifest.Environment}', these settings are of '{platform.Value.Environment}'. Set {PlatformOptions.Section}:{nameof(PlatformOptions.Environment)}={manifest.Environment}.");
        }

        if (manifest.Database != database.Kind)
        {
            throw new BackupException($"The backup is of a {manifest.Database} database, these settings name a {database.Kind} one. It goes back into its own kind only: ConnectionStrings:{DatabaseOptions.ConnectionName} decides.");
        }

        var known = (database is PostgresBackup ? PostgresSchema.Migrations : SqliteSchema.Migrations).Count;
        if (manifest.Content.SchemaVersion > known)
        {
            throw new BackupException($"The backup has version {manifest.Content.SchemaVersion} of the schema, this program knows versions up to {known}. Restore it with platform {manifest.PlatformVersion} or newer.");
        }

        return backup;
    }
}
