using System.CommandLine;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Audit;

internal static class AuditCommand
{
    public static Command Create() => Commands.Create("audit", "Access logs in one process with the real silo: appends, a large log, pages of it, export and check.", AuditOptions.All, RunAsync);

    private static async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var options = AuditOptions.Read(line);
        var report = new Report($"Access log of {Units.Count(options.Events)} events on {(options.Postgres is null ? "SQLite" : "PostgreSQL")}{(options.Journal is null ? "" : ", with a journal of endings")}");
        Machine.Describe(report, Machine.OwnGrains());
        var folder = BenchmarkSilo.TemporaryFolder();
        try
        {
            await using var silo = await BenchmarkSilo.StartAsync(folder, new ShiftedClock(), options.Postgres, options.Journal);
            await new AuditRun(silo, options, report).RunAsync(cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await report.PublishAsync(options.Output);
        return 0;
    }
}
