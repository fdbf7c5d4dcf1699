using Platform.Hosting;

namespace Platform.Storage.Migrations;

/// <summary>Table <c>schema_version</c>: a row for each script that has run.</summary>
internal static class SchemaVersion
{
    public const string Select = "SELECT version, name, sha256 FROM schema_version ORDER BY version";

    public const string Insert = "INSERT INTO schema_version (version, name, sha256) VALUES (@version, @name, @sha256)";

    private static readonly string[] Columns = ["version", "name", "sha256"];

    /// <summary>False when the table is not there. A table of another form is refused.</summary>
    public static bool IsThere(IReadOnlyCollection<string> columns)
    {
        if (columns.Count == 0) return false;
        if (Columns.All(columns.Contains)) return true;
        throw new StartupException(
            "The database was made by a version that was never released: its table schema_version keeps no checksums of the scripts. "
            + "There is no way from there to this version: start on an empty data directory and, with PostgreSQL, an empty database; the old ones can be deleted.");
    }
}

/// <summary>How the schema is to be prepared, besides its scripts.</summary>
/// <param name="Apply">Run what is missing; otherwise refuse a schema that lacks something.</param>
/// <param name="Identity">Compared before anything is changed, and only then: a start compares again once the database is its own. Null compares nothing.</param>
/// <param name="Running">Told of each script before it runs.</param>
internal sealed record SchemaPreparation(bool Apply, DatabaseIdentity? Identity = null, Action<Migration>? Running = null)
{
    /// <summary>By a restore: also of a database that is marked (<see cref="RestoreMarker"/>).</summary>
    public bool Restores { get; init; }
}

/// <summary>A row of <c>schema_version</c>.</summary>
internal sealed record AppliedMigration(long Version, string Name, string Sha256);
