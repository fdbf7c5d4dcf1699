using System.CommandLine;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Backups;

internal static class BackupsCommand
{
    public static Command Create() => Commands.Create("backups", "Time and memory of the commands backup and restore, and of the start on what was restored.", BackupsOptions.All, RunAsync);

    private static Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var options = BackupsOptions.Read(line);
        return Commands.ReportAsync(
            $"Backup and restore of {Units.Count(options.Sessions)} sessions and {Units.Count(options.Events)} events on {(options.Postgres is null ? "SQLite" : "PostgreSQL")}",
            options.Output,
            (report, folder) => new BackupsRun(options, report, folder).RunAsync(cancellationToken));
    }
}
