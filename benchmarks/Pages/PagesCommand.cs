using System.CommandLine;

namespace Platform.Benchmarks.Pages;

internal static class PagesCommand
{
    private static readonly Option<int> Rounds = Bounded.Number("--rounds", "Rounds; each measures all calls, in turn", 40, 5, 1_000);
    private static readonly Option<int> Calls = Bounded.Number("--calls", "Calls of each kind in a round", 1_000, 10, 100_000);

    public static Command Create() =>
        Commands.Create("pages", "What pages of tenants call and load, beside GET /v1/session, in one process with the real host.", [Rounds, Calls], RunAsync);

    private static Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var (rounds, calls) = (line.GetValue(Rounds), line.GetValue(Calls));
        return Commands.ReportAsync("Calls of pages beside GET /v1/session", line.GetValue(Commands.Output), async (report, folder) =>
        {
            await using var host = await PagesHost.StartAsync(folder);
            var kinds = await PageCalls.PrepareAsync(host);
            await new PagesRun(report, rounds, calls).RunAsync(host, kinds, cancellationToken);
        });
    }
}
