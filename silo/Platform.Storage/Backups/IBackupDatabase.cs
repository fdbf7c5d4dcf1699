namespace Platform.Storage.Backups;

/// <summary>A database as something to be backed up and restored. Not <see cref="IDatabase"/>: nothing runs on it while it is restored, and others may run on it while it is read.</summary>
internal interface IBackupDatabase : IAsyncDisposable
{
    /// <summary>As it stands in manifests.</summary>
    string Kind { get; }

    /// <summary>Writes all that lies in the database at one moment into the archives; whoever uses it goes on.</summary>
    /// <exception cref="BackupException">There is nothing, or it cannot be read.</exception>
    Task<DatabaseContent> DumpAsync(NewBackup backup, BackupPace pace, CancellationToken cancellationToken);

    /// <summary>Keeps the database for this process, until a silo takes it over or this object goes. One whose restore was cut off counts as empty.</summary>
    /// <exception cref="BackupException">It holds something, or another process uses it.</exception>
    Task RequireEmptyAsync(CancellationToken cancellationToken);

    /// <summary>Fills an empty database. Until <see cref="RestoreMarker"/> is removed no process starts on it.</summary>
    /// <param name="data">All but the data keys.</param>
    /// <param name="dataKeys">Of the same backup, or of a newer one.</param>
    /// <param name="cancellationToken">Leaves a database that counts as empty.</param>
    Task<DatabaseContent> LoadAsync(StoredArchive data, StoredArchive dataKeys, CancellationToken cancellationToken);

    /// <summary>Marks a database that was brought back by other means (<see cref="RestoreMarker"/>).</summary>
    /// <returns>Where its access logs end.</returns>
    /// <exception cref="BackupException">Another process uses it, or it is none of the platform.</exception>
    Task<RecoveredLogs> MarkRecoveredAsync(CancellationToken cancellationToken);

    /// <summary>For as long as the answer is held no other process makes a backup of this database.</summary>
    /// <returns>Null while another one does.</returns>
    Task<IAsyncDisposable?> TryTakeTurnAsync(CancellationToken cancellationToken);

    /// <returns>Whether any process, this one too, holds the turn now.</returns>
    Task<bool> IsTurnTakenAsync(CancellationToken cancellationToken);

    /// <summary>An empty database of the same kind, which goes with the answer.</summary>
    /// <exception cref="BackupException">None can be made.</exception>
    Task<IBackupDatabase> OpenScratchAsync(CancellationToken cancellationToken);

    /// <returns>Tenant of an access log in which an event does not follow from the one before it; null: there is none.</returns>
    Task<string?> FindBrokenLogAsync(CancellationToken cancellationToken);

    /// <summary><see cref="SampledState.Count"/> of them, or all.</summary>
    Task<IReadOnlyList<SampledState>> SampleStatesAsync(CancellationToken cancellationToken);
}
