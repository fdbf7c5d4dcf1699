using System.CommandLine;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Scale;

internal static class SessionsCommand
{
    public static Command Create() => Commands.Create("sessions", "Many live sessions in one process with the real silo and a SQLite file in a temporary folder.", SessionsOptions.All, RunAsync);

    private static async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var options = SessionsOptions.Read(line);
        var report = new Report($"{Units.Count(options.Count)} live sessions in one process");
        Machine.Describe(report, Machine.OwnGrains());
        var folder = BenchmarkSilo.TemporaryFolder();
        try
        {
            await new SessionsRun(options, report, folder).RunAsync(cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await report.PublishAsync(options.Output);
        return 0;
    }
}
