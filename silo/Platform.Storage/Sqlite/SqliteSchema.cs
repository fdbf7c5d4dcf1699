using Microsoft.Data.Sqlite;
using Platform.Hosting;
using Platform.Storage.Migrations;

namespace Platform.Storage.Sqlite;

/// <summary>Brings the file to the schema of this process, or only checks it. All pending scripts run in one transaction: a failure or a crash leaves the file as it was.</summary>
internal static class SqliteSchema
{
    private const string CreateTable =
        """
        CREATE TABLE IF NOT EXISTS schema_version
        (
            version    INTEGER NOT NULL PRIMARY KEY,
            name       TEXT    NOT NULL,
            sha256     TEXT    NOT NULL,
            applied_at TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
        ) STRICT
        """;

    public static readonly IReadOnlyList<Migration> Migrations = Migration.Embedded("Sqlite");

    public static void Prepare(SqliteSession session, SchemaPreparation how, IReadOnlyList<Migration> migrations)
    {
        // Before anything is written: a file that is refused stays as it is.
        if (!how.Restores && session.Query(new Statement(RestoreMarker.IsThereInSqlite), _ => true).Count > 0) throw new StartupException(RestoreMarker.CutOff);
        var pending = Pending(session, how.Identity, migrations);
        if (pending.Count > 0 && !how.Apply) throw MigrationPlan.Lacks(pending);
        session.Run("PRAGMA journal_mode = WAL;");
        if (pending.Count > 0) Apply(session, pending, how.Running);
    }

    /// <summary>What would run. Refuses a file of another installation.</summary>
    public static IReadOnlyList<Migration> Pending(SqliteSession session, DatabaseIdentity? identity, IReadOnlyList<Migration> migrations)
    {
        var pending = MigrationPlan.Pending(migrations, ReadApplied(session));
        if (ColumnsOf(session, "secrets").Count > 0) identity?.Require(ReadSecrets(session));
        return pending;
    }

    // The directory's lock keeps other processes of the platform out; the session, closed without a commit, rolls back.
    private static void Apply(SqliteSession session, IReadOnlyList<Migration> pending, Action<Migration>? running)
    {
        session.Run("BEGIN IMMEDIATE");
        session.Run(CreateTable);
        foreach (var migration in pending)
        {
            running?.Invoke(migration);
            try
            {
                session.Run(migration.Sql);
            }
            catch (SqliteException e)
            {
                throw MigrationPlan.Failed(migration, e.Message, e);
            }

            session.Execute(new Statement(
                SchemaVersion.Insert,
                ("@version", (long)migration.Version),
                ("@name", migration.Name),
                ("@sha256", migration.Sha256)));
        }

        session.Run("COMMIT");
    }

    private static List<AppliedMigration> ReadApplied(SqliteSession session) => SchemaVersion.IsThere(ColumnsOf(session, "schema_version"))
        ? session.Query(new Statement(SchemaVersion.Select), row => new AppliedMigration(row.GetInt64(0), row.GetString(1), row.GetString(2)))
        : [];

    private static Dictionary<string, byte[]> ReadSecrets(SqliteSession session) =>
        session.Query(new Statement(DatabaseIdentity.Select), row => KeyValuePair.Create(row.GetString(0), row.GetFieldValue<byte[]>(1))).ToDictionary(StringComparer.Ordinal);

    private static List<string> ColumnsOf(SqliteSession session, string table) =>
        session.Query(new Statement("SELECT name FROM pragma_table_info(@table)", ("@table", table)), row => row.GetString(0));
}
