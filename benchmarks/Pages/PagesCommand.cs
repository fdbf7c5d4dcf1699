using System.CommandLine;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Pages;

internal static class PagesCommand
{
    private static readonly Option<int> Rounds = Bounded.Number("--rounds", "Rounds; each measures all calls, in turn", 40, 5, 1_000);
    private static readonly Option<int> Calls = Bounded.Number("--calls", "Calls of each kind in a round", 1_000, 10, 100_000);

    public static Command Create() =>
        Commands.Create("pages", "What pages of tenants call and load, beside GET /v1/session, in one process with the real host.", [Rounds, Calls], RunAsync);

    private static async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var (rounds, calls) = (line.GetValue(Rounds), line.GetValue(Calls));
        var report = new Report("Calls of pages beside GET /v1/session");
        Machine.Describe(report, Machine.OwnGrains());
        var folder = BenchmarkSilo.TemporaryFolder();
        try
        {
            await using var host = await PagesHost.StartAsync(folder);
            var kinds = await PageCalls.PrepareAsync(host);
            await new PagesRun(report, rounds, calls).RunAsync(host, kinds, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await report.PublishAsync(line.GetValue(Commands.Output));
        return 0;
    }
}
