namespace Platform.Journal;

/// <summary>Section <c>Platform:Backups</c>, beside the options of the backups themselves.</summary>
internal sealed class JournalOptions
{
    public const string Section = PlatformOptions.Section + ":Backups";

    /// <summary>
    /// Folder, on another disk than the database, to which each event of an access log is appended before it counts. All silos of a cluster may use the same. It has to be there: a folder made in its place
    /// would hide that its disk is missing. Default: none, so that a restore does not know what has ended since the backup.
    /// </summary>
    public string? Journal { get; set; }
}
