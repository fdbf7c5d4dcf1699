using Platform.Hosting;

namespace Platform.Storage.Migrations;

/// <summary>Compares the scripts of this process with those that the database says have run. Refuses whatever is not their beginning.</summary>
internal static class MigrationPlan
{
    /// <returns>The scripts that have not run yet, in order.</returns>
    public static IReadOnlyList<Migration> Pending(IReadOnlyList<Migration> migrations, IReadOnlyList<AppliedMigration> applied)
    {
        var newest = applied.Count == 0 ? 0 : applied.Max(row => row.Version);
        if (newest > migrations.Count)
        {
            throw new StartupException(
                $"The database has version {newest} of the schema, this process knows versions up to {migrations.Count}. "
                + "Start the newer version of the platform, or restore a backup from before the upgrade.");
        }

        for (var i = 0; i < applied.Count; i++)
        {
            var (row, migration) = (applied[i], migrations[i]);
            if (row.Version != migration.Version)
            {
                throw new StartupException(
                    $"Table schema_version has no row of version {migration.Version}, but one of version {row.Version}. "
                    + "Somebody changed that table: restore its rows, or a backup.");
            }

            if (row.Name != migration.Name || row.Sha256 != migration.Sha256) throw Changed(row, migration);
        }

        return [.. migrations.Skip(applied.Count)];
    }

    public static StartupException Lacks(IReadOnlyList<Migration> pending) => new(
        $"The database lacks {string.Join(", ", pending.Select(migration => migration.Name))}. "
        + $"Run './run migrate' as the owner of the schema, or start once with {DatabaseOptions.Section}:{nameof(DatabaseOptions.ApplySchema)}=true.");

    public static StartupException Failed(Migration migration, string reason, Exception exception) => new(
        $"The migration {migration.Name} failed: {reason} The database is as it was before, and the version of the platform that ran on it still starts.",
        exception);

    private static StartupException Changed(AppliedMigration row, Migration migration) => new(
        $"The database ran the migration {row.Name} with SHA-256 {row.Sha256}; in this process version {migration.Version} is {migration.Name} with SHA-256 {migration.Sha256}. "
        + "A script that has run does not change. Start a version of the platform that has the script as it was, and put the change into a new script with the next number; "
        + "if only tests ran on this database, start on an empty one.");
}
