using System.CommandLine;
using System.Globalization;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

internal static class LoadCommand
{
    public static Command Create() => Commands.Create("load", "Sends validate, peek and touch to a running platform at a fixed rate, whatever the answers.", LoadOptions.All, RunAsync);

    /// <returns>0 when every request was answered as a live session is answered, 1 otherwise.</returns>
    private static async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var options = LoadOptions.Read(line);
        var target = await LoadTarget.ResolveAsync(options, cancellationToken);
        var report = new Report("Validation over HTTPS at a fixed arrival rate");
        Machine.Describe(report, await target.RuntimeAsync(cancellationToken));
        string[]? authorizations = null;
        var clean = true;
        foreach (var version in options.Versions)
        {
            var clients = target.Connect(version);
            authorizations ??= await LoadTokens.GetAsync(options, clients[0], cancellationToken);
            var run = new LoadRun(options, clients, authorizations);
            await run.RunAsync(cancellationToken);
            clean &= Write(report, options, version, clients.Length, authorizations.Length, run);
            if (options.SignIns > 0)
            {
                await using var signIns = SignInLoad.Start(options, target, cancellationToken);
                var loaded = new LoadRun(options, clients, authorizations);
                await loaded.RunAsync(cancellationToken);
                clean &= Write(report, options, version, clients.Length, authorizations.Length, loaded);
                report.Line($"With {options.SignIns} sign-ins always under way: {await signIns.EndAsync()}. {Compare(run, loaded)}");
            }

            foreach (var client in clients) client.Dispose();
        }

        await report.PublishAsync(options.Output);
        return clean ? 0 : 1;
    }

    private static bool Write(Report report, LoadOptions options, Version version, int clients, int sessions, LoadRun run)
    {
        var answered = run.Results.Sum(result => result.FromDue.Count);
        var expected = LoadCall.All.Select((call, i) => run.Results[i].Outcomes.FirstOrDefault(o => o.Outcome == LoadResult.Status(call.Expected)).Count).Sum();
        report.Table(
            $"HTTP/{version.ToString(version.Major == 2 ? 1 : 2)}, {Units.Count(options.Rate)} requests per second for {options.Duration}",
            "Call", "Requests", "p50", "p90", "p99", "p99.9", "max", "p50 from sending", "p99 from sending", "Answers");
        for (var i = 0; i < run.Results.Count; i++)
        {
            var result = run.Results[i];
            if (result.FromDue.Count == 0) continue;
            report.Row([LoadCall.All[i].Name, .. Cells(result), string.Join(", ", result.Outcomes.Select(o => $"{o.Outcome}: {Units.Count(o.Count)}"))]);
        }

        report.Row(["all", .. Cells(run.Total()), $"as expected: {((double)expected / Math.Max(1, answered)).ToString("P2", CultureInfo.InvariantCulture)}"]);
        report.Line(
            $"Achieved {Units.Rate(answered, run.Elapsed)} ({Units.Rate(expected, run.Elapsed)} as expected), {Units.Count(run.Unsent)} of the plan not sent; " +
            $"{Units.Count(sessions)} sessions, mix {options.Mix.Text}, {clients} client(s), warm-up {options.WarmUp} not counted. " +
            "Latencies count from when a request was due; the two columns 'from sending' leave the sender's own delay out.");
        return run.Unsent == 0 && expected == answered;
    }

    private static string Compare(LoadRun idle, LoadRun loaded)
    {
        var (before, beside) = (idle.Total().FromSent, loaded.Total().FromSent);
        return $"Latency from sending, over that without sign-ins: p50 {Ratio(50)}, p90 {Ratio(90)}, p99 {Ratio(99)}.";

        string Ratio(double percentile) => (beside.Percentile(percentile) / (double)before.Percentile(percentile)).ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static string[] Cells(LoadResult result) =>
    [
        Units.Count(result.FromDue.Count),
        .. Report.Percentiles(result.FromDue),
        Units.Time(result.FromSent.Percentile(50)),
        Units.Time(result.FromSent.Percentile(99)),
    ];
}
