using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Pages;

/// <summary>Rounds in which every kind of call has its turn, each round beginning with another: what disturbs the machine for a while disturbs all of them.</summary>
internal sealed class PagesRun(Report report, int rounds, int calls)
{
    public async Task RunAsync(PagesHost host, PageCallKind[] kinds, CancellationToken cancellationToken)
    {
        report.Line(
            $"{rounds} rounds of {Units.Count(calls)} calls of each kind, one after the other. Each cell is the median of the rounds, and in brackets the tenth and the ninetieth percentile. " +
            "Ratios are to the first row in the same round.");
        await MeasureAsync("The platform's own work: its pipeline, without web server and TLS", kinds, host.CallAsync, cancellationToken);
        await MeasureAsync("Over HTTPS on loopback, the client's work included", kinds, host.SendAsync, cancellationToken);
    }

    private async Task MeasureAsync(string heading, PageCallKind[] kinds, Func<PageCallKind, ValueTask<int>> call, CancellationToken cancellationToken)
    {
        var rows = kinds.Select(_ => new List<Spent>()).ToArray();

        // A fifth of them warms up.
        for (var round = -rounds / 5; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var turn = 0; turn < kinds.Length; turn++)
            {
                var index = (turn + Math.Abs(round)) % kinds.Length;
                var spent = await RepeatAsync(kinds[index], call);
                if (round >= 0) rows[index].Add(spent);
            }
        }

        report.Table(heading, "Call", "Time each", "Ratio of times", "Processor each", "Ratio of processor time", "Allocated each");
        for (var i = 0; i < kinds.Length; i++)
        {
            report.Row(
                kinds[i].Name,
                Spread.Of(rows[i].Select(spent => spent.Elapsed.TotalMicroseconds / calls)).ToCell(" µs"),
                Spread.Of(rows[i].Zip(rows[0], (own, first) => own.Elapsed / first.Elapsed)).ToCell(),
                Spread.Of(rows[i].Select(spent => spent.Processor.TotalMicroseconds / calls)).ToCell(" µs"),
                Spread.Of(rows[i].Zip(rows[0], (own, first) => own.Processor / first.Processor)).ToCell(),
                Units.Size((long)Spread.Of(rows[i].Select(spent => (double)spent.Allocated / calls)).Median));
        }
    }

    private async Task<Spent> RepeatAsync(PageCallKind kind, Func<PageCallKind, ValueTask<int>> call)
    {
        var effort = Effort.Start();
        for (var i = 0; i < calls; i++)
        {
            var status = await call(kind);
            if (status != kind.Status) throw new InvalidOperationException($"{kind.Name} was answered {status}.");
        }

        return effort.Stop();
    }
}
