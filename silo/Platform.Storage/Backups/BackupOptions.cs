using System.ComponentModel.DataAnnotations;

namespace Platform.Storage.Backups;

/// <summary>Section <c>Platform:Backups</c>.</summary>
internal sealed class BackupOptions
{
    public const string Section = PlatformOptions.Section + ":Backups";

    /// <summary>Folder into which a silo makes backups by itself; all silos of a cluster see the same. Default: none, so none are made.</summary>
    public string? Target { get; set; }

    /// <summary>Time between two scheduled backups. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Hours of which the newest backup stays. Default 24 (row DR).</summary>
    [Range(1, 1000)]
    public int KeepHourly { get; set; } = 24;

    /// <summary>Days of which the newest backup stays. Default 7.</summary>
    [Range(0, 1000)]
    public int KeepDaily { get; set; } = 7;

    /// <summary>Weeks of which the newest backup stays. Default 5.</summary>
    [Range(0, 1000)]
    public int KeepWeekly { get; set; } = 5;

    /// <summary>Months of which the newest backup stays. Default 12.</summary>
    [Range(0, 1000)]
    public int KeepMonthly { get; set; } = 12;

    /// <summary>For how long the data keys stay in scheduled backups: with older ones an erasure could be undone. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "366.00:00:00")]
    public TimeSpan DataKeysKept { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Most bytes a second that a scheduled backup reads and writes; 0: no bound. Default 32 MiB.</summary>
    [Range(0, long.MaxValue)]
    public long BytesPerSecond { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// File with the OpenPGP public keys (armored or not, one or more) that open the archives, as <c>gpg --export --armor</c> writes it. Default: none; the archives open with
    /// the master key then.
    /// </summary>
    public string? Recipients { get; set; }

    /// <summary>Folder of <c>pg_dump</c> and <c>pg_restore</c>, whose version must not be older than the server's. Default: those of the search path.</summary>
    public string? PostgresTools { get; set; }
}
