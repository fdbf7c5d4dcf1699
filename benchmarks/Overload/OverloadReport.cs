using System.Globalization;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Overload;

/// <summary>The parts side by side, and whether the goals are met.</summary>
internal static class OverloadReport
{
    private const double LeastGoodput = 0.9;
    private const int MostTimesCalm = 5;
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(5);

    public static bool MeetsGoals(OverloadPart best, OverloadPart calm, OverloadPart over, TimeSpan? recovery) =>
        over.Goodput >= LeastGoodput * best.Goodput && over.Checks.P99 <= MostTimesCalm * calm.Checks.P99 && recovery <= LongestRecovery;

    public static void Write(Report report, OverloadPart best, OverloadPart calm, OverloadPart over, TimeSpan? recovery, string signIns)
    {
        report.Table("Calls", "", "lists a second", "503 a second", "failed", "no connection", "checks a second", "checks not answered", "check p50", "p99", "list p50", "p99", "503 p99");
        Row(report, "lists as fast as they are answered, the best of three", best);
        Row(report, "calm: a quarter of that", calm);
        Row(report, "more than it can do", over);
        report.Line($"Made-up sign-ins beside it: {signIns}.");
        report.Table("Goals", "", "goal", "seen");
        report.Row("goodput ÷ best", "at least 0.90", Ratio(over.Goodput / best.Goodput));
        report.Row("p99 of accepted checks ÷ calm", "at most 5", Ratio((double)over.Checks.P99 / calm.Checks.P99));
        report.Row("recovery", "at most 5 s", recovery is { } time ? Units.Time(time) : "more than 30 s");
    }

    private static void Row(Report report, string name, OverloadPart part) => report.Row(
        name,
        Units.Rate(part.Accepted.Count, part.Elapsed),
        Units.Rate(part.Refused, part.Elapsed),
        Units.Count(part.Failed),
        Units.Count(part.Unsent),
        Units.Rate(part.Checks.Count, part.Elapsed),
        Units.Count(part.Checks.NotAnswered),
        Units.Time(part.Checks.P50),
        Units.Time(part.Checks.P99),
        Units.Time(part.Accepted.Percentile(50)),
        Units.Time(part.Accepted.Percentile(99)),
        Units.Time(part.Refusals.Percentile(99)));

    private static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
