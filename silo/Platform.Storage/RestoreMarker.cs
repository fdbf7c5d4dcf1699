namespace Platform.Storage;

/// <summary>
/// A table that stands in a database from before the first row of a restore until its last consequence is written. A process that finds it does not start: sessions and keys of the
/// backup would live there that have ended since.
/// </summary>
internal static class RestoreMarker
{
    public const string Table = "restore_in_progress";

    public const string Create = $"CREATE TABLE IF NOT EXISTS {Table} (recovered TEXT NOT NULL)";

    /// <summary>Has a row where the data was brought back by other means: nothing may be loaded over it.</summary>
    public const string MarkRecovered = $"INSERT INTO {Table} (recovered) VALUES ('yes')";

    public const string CountRecovered = $"SELECT count(*) FROM {Table}";

    /// <summary>What waited to be sent was sent since, most likely; its links are void, and a restore for practice must not write to anybody.</summary>
    public const string ForgetNotifications = "DELETE FROM notification_outbox";

    public const string Drop = $"DROP TABLE {Table}";

    public const string IsThereInSqlite = $"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{Table}'";

    public const string IsThereInPostgres = $"SELECT to_regclass('{Table}') IS NOT NULL";

    public const string CutOff = "A restore into this database was cut off. Run ./run restore again with the same settings: it begins anew.";
}

/// <summary>Registered in the process that restores, and in no other: it starts on a marked database.</summary>
internal sealed class RestoreUnderWay;
