namespace Platform.Silo.Storage.Sqlite;

/// <summary>Brings the file to the schema of this process, each script in its own transaction together with its version.</summary>
internal static class SqliteSchema
{
    private static readonly SchemaScript[] Scripts = 
    [
        new("platform", 3, "Sqlite.Platform3.sql"),
        new("audit", 1, "Sqlite.Audit1.sql"),
        new("rights", 1, "Sqlite.Rights1.sql"),
        new("rights", 2, "Sqlite.Rights2.sql"),
        new("scenarios", 1, "Sqlite.Scenarios1.sql"),
        new("api_keys", 1, "Sqlite.ApiKeys1.sql"),
        new("privacy", 1, "Sqlite.Privacy1.sql"),
        new("support", 1, "Sqlite.Support1.sql"),
        new("privacy", 2, "Sqlite.Privacy2.sql"),
        new("privacy", 3, "Sqlite.Privacy3.sql"),
        new("keys", 1, "Sqlite.Keys1.sql"),
        new("snippets", 1, "Sqlite.Snippets1.sql"),
    ];

    public static void Apply(SqliteSession session)
    {
        session.Run("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864;");
        session.Run("CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL) STRICT");
        var stored = session.Query(new Statement("SELECT component, version FROM schema_version"), row => (row.GetString(0), row.GetInt64(1)))
            .ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);
        foreach (var script in SchemaScript.Missing(Scripts, stored))
        {
            session.Run("BEGIN IMMEDIATE");
            session.Run(script.Text());
            session.Execute(new Statement(
                """
                INSERT INTO schema_version (component, version) VALUES (@component, @version)
                ON CONFLICT (component) DO UPDATE SET version = excluded.version
                """,
                ("@component", script.Component),
                ("@version", (long)script.Version)));
            session.Run("COMMIT");
        }
    }
}
