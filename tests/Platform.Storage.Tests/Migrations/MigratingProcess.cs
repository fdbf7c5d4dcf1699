using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Platform.Storage.Migrations;
using Platform.Storage.Sqlite;
using Platform.Storage.Tests.Sqlite;

namespace Platform.Storage.Tests.Migrations;

/// <summary>The process that is killed: its first new script writes more than SQLite holds in memory, its second never ends.</summary>
internal static class MigratingProcess
{
    /// <summary>First argument of the process.</summary>
    public const string Command = "migrate";

    private const long Enough = 4 << 20;

    public static int Run(string directory)
    {
        using var session = new SqliteSession(Path.Combine(directory, "platform.db"), SqliteOpenMode.ReadWrite);
        SqliteSchema.Prepare(session, new SchemaPreparation(Apply: true), [
            MigrationTests.People,
            Migration.Parse("0002_much.sql", "CREATE TABLE much (content blob NOT NULL);\nINSERT INTO much VALUES (zeroblob(16777216));\n"),
            Migration.Parse("0003_endless.sql", "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT max(n) FROM number;\n"),
        ]);
        return 0;
    }

    public static Process Start(string directory) => WriterProcess.Start(directory, Command);

    /// <summary>Returns when part of the first script's pages lie in the write-ahead log.</summary>
    public static async Task WaitUntilHalfIsWrittenAsync(string directory)
    {
        var log = new FileInfo(Path.Combine(directory, "platform.db-wal"));
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(directory) { NotifyFilter = NotifyFilters.Size | NotifyFilters.LastWrite | NotifyFilters.FileName };
        watcher.Changed += (_, _) => Look();
        watcher.Created += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        await written.Task.WaitAsync(TimeSpan.FromSeconds(60));

        void Look()
        {
            log.Refresh();
            if (log.Exists && log.Length >= Enough) written.TrySetResult();
        }
    }
}
