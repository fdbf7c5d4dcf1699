using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Scale;

internal static class SessionsCommand
{
    public static async Task<int> RunAsync(CommandLine line, CancellationToken cancellationToken)
    {
        if (line.Flag("--help"))
        {
            Console.WriteLine(SessionsOptions.Usage);
            return 0;
        }

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
            System.IO.Directory.Delete(folder, recursive: true);
        }

        await report.PublishAsync(options.Output);
        return 0;
    }
}
