using System.Globalization;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Compare;

internal static class CompareReport
{
    private const string None = "–";

    public static void Write(Report report, CompareResult result)
    {
        report.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Rounds} rounds of {result.SecondsATurn:0.#} s a row, each round beginning with another row; {result.Connections} TLS connections over HTTP/1.1, one request under way on each. Each ratio is the median of the rounds, in brackets the tenth and the ninetieth percentile. Load average at the end: {result.LoadAtEnd?.ToString("0.00", CultureInfo.InvariantCulture) ?? "unknown"}."));
        var measured = result.Rows.Where(row => row.LeftOut is null).ToList();
        report.Table("Ratios", "Server", "Call", "CPU a request ÷ bare", "… with the store's", "Requests/s ÷ bare", "Requests/s ÷ redis", "Requests/s ÷ redis, 195 bytes");
        foreach (var row in measured)
        {
            report.Row(row.Server, Code(row.Call), Text(row.ProcessorToBare), Text(row.WholeProcessorToBare), Text(row.RateToBare), Text(row.RateToRedis), Text(row.RateToNaiveRedis));
        }

        report.Table("Numbers of this machine", "Server", "Call", "CPU a request", "Requests/s", "p50", "p99", "Bytes an answer", "Allocated a request");
        foreach (var row in measured)
        {
            report.Row(
                row.Server, Code(row.Call), row.Processor.ToString("0.0", CultureInfo.InvariantCulture) + " µs", Units.Count((long)row.Rate),
                Units.Time(row.P50), Units.Time(row.P99), Units.Count((long)Math.Round(row.Bytes)), Units.Size((long)row.Allocated));
        }

        foreach (var row in result.Rows.Where(row => row.LeftOut is not null)) report.Line($"Left out: {row.Server}, {Code(row.Call)}: {row.LeftOut}");
    }

    private static string Code(string call) => call.Contains('/', StringComparison.Ordinal) ? $"`{call}`" : call;

    private static string Text(Spread? spread) => spread?.ToCell() ?? None;
}
