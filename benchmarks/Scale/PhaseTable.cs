using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Scale;

/// <summary>One row a phase, as it ends; told on the error stream meanwhile.</summary>
internal sealed class PhaseTable(Report report)
{
    public void Begin() => report.Table(
        "Grains and storage", "Phase", "Pieces", "Time", "Rate", "Processor each", "Allocated each", "p50", "p90", "p99", "p99.9", "max", "Note");

    public async Task MeasureAsync(string phase, int pieces, Func<Task> action, Func<string>? note = null, LatencyHistogram? latency = null)
    {
        var effort = Effort.Start();
        await action();
        Add(phase, pieces, effort.Stop(), note?.Invoke() ?? "", latency);
    }

    public void Add(string phase, int pieces, Spent spent, string note, LatencyHistogram? latency = null)
    {
        var time = Units.Time(spent.Elapsed);
        string[] each = pieces == 0
            ? ["", time, "", "", ""]
            : [Units.Count(pieces), time, Units.Rate(pieces, spent.Elapsed), Units.Time(spent.Processor / pieces), Units.Size(spent.Allocated / pieces)];
        report.Row([phase, .. each, .. latency is null ? ["", "", "", "", ""] : Report.Percentiles(latency), note]);
        Console.Error.WriteLine($"{phase}: {string.Join("  ", each)}  {note}");
    }
}
