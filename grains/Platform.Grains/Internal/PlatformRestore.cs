namespace Platform.Internal;

/// <summary>What has happened to the platform's data.</summary>
/// <param name="Backup">Name of the backup.</param>
/// <param name="BackupAt">What was done after it is lost.</param>
/// <param name="RestoredAt">What was done before it, and after the backup, is lost.</param>
/// <param name="Command">That did it.</param>
/// <param name="Client">Names the account of the machine that ran the command.</param>
/// <param name="Endings">What the journal of endings knows of the tenant; null: there is no journal.</param>
/// <param name="IsDestroyed">The tenant's data key is destroyed, as the first act of its deletion: the data keys are newer than the data.</param>
[GenerateSerializer, Immutable, Alias("platform.PlatformRestore")]
internal sealed record PlatformRestore(
    [property: Id(0)] string Backup,
    [property: Id(1)] DateTimeOffset BackupAt,
    [property: Id(2)] DateTimeOffset RestoredAt,
    [property: Id(3)] string Command,
    [property: Id(4)] ClientInfo Client,
    [property: Id(5)] TenantEndings? Endings = null,
    [property: Id(6)] bool IsDestroyed = false)
{
    /// <summary>What is known of the tenant's deletion: by the journal, or by the key that is destroyed. Null: nothing.</summary>
    public DeletionEnding? Deletion => IsDestroyed ? new DeletionEnding(Endings?.Deletion?.RequestedBy, RestoredAt, Begun: true) : Endings?.Deletion;
}
