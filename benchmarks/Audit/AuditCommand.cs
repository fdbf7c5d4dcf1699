using System.CommandLine;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Audit;

internal static class AuditCommand
{
    public static Command Create() => Commands.Create("audit", "Access logs in one process with the real silo: appends, a large log, pages of it, export and check.", AuditOptions.All, RunAsync);

    private static Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var options = AuditOptions.Read(line);
        return Commands.ReportAsync(
            $"Access log of {Units.Count(options.Events)} events on {(options.Postgres is null ? "SQLite" : "PostgreSQL")}{(options.Journal is null ? "" : ", with a journal of endings")}",
            options.Output,
            async (report, folder) =>
            {
                await using var silo = await BenchmarkSilo.StartAsync(folder, new ShiftedClock(), options.Postgres, options.Journal);
                await new AuditRun(silo, options, report).RunAsync(cancellationToken);
            });
    }
}
