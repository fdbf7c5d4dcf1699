using System.CommandLine;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Backups;

internal static class BackupsCommand
{
    public static Command Create() => Commands.Create("backups", "Time and memory of the commands backup and restore, and of the start on what was restored.", BackupsOptions.All, RunAsync);

    private static async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var options = BackupsOptions.Read(line);
        var report = new Report($"Backup and restore of {Units.Count(options.Sessions)} sessions and {Units.Count(options.Events)} events on {(options.Postgres is null ? "SQLite" : "PostgreSQL")}");
        Machine.Describe(report, Machine.OwnGrains());
        var folder = BenchmarkSilo.TemporaryFolder();
        try
        {
            await new BackupsRun(options, report, folder).RunAsync(cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await report.PublishAsync(options.Output);
        return 0;
    }
}
