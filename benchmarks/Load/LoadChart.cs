using System.Globalization;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <summary>Two charts of one run: latency over time, and latency by percentile. Both axes of latency are logarithmic, so that a stall does not flatten all the rest.</summary>
internal static class LoadChart
{
    private const int Width = 860;
    private const int Left = 78;
    private const int Right = 28;
    private const int Plot = 220;
    private const int FirstTop = 134;
    private const int SecondTop = FirstTop + Plot + 92;
    private const int Height = SecondTop + Plot + 54;

    private const string Light = """
        .heading { font-weight: 600; }
        .middle, .slow, .worst, .sent { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .middle { stroke: #0969da; }
        .slow { stroke: #bc4c00; }
        .worst { stroke: #8c959f; stroke-width: 1; }
        .sent { stroke: #1a7f37; }
        .error { fill: #cf222e; }
        """;

    private const string Dark = """
          .middle { stroke: #4493f8; }
          .slow { stroke: #f0883e; }
          .worst { stroke: #767f89; }
          .sent { stroke: #3fb950; }
          .error { fill: #f85149; }
        """;

    public static string Draw(LoadResult result, LoadRunResult run)
    {
        var what = run.Rate is { } rate ? $"{Units.Count(rate)} requests per second (open loop)" : $"{Units.Count((long)run.Good)} requests per second (closed loop)";
        var svg = new SvgPage(Width, Height, $"Latency over time and by percentile, HTTP/{run.Http}, {what}", Light, Dark);
        svg.Label(16, 28, "title", "start", $"HTTP/{run.Http}, {what}{(run.BesideSignIns is null ? "" : ", beside sign-ins")}");
        svg.Label(16, 50, "small", "start", $"{run.Mix.Replace(",", ", ", StringComparison.Ordinal)}; {Units.Count(run.Sessions)} sessions, {run.Hosts} host(s), {run.Connections} connections to each");
        svg.Label(16, 68, "small", "start", $"{result.Processors} processors{Busy(result)}, {result.Day}{(run.Interrupted ? "; interrupted" : "")}");
        DrawOverTime(svg, run);
        DrawByPercentile(svg, run);
        return svg.Close();
    }

    private static void DrawOverTime(SvgPage svg, LoadRunResult run)
    {
        var points = run.Timeline.Where(point => point.Answered > 0).ToList();
        var seconds = Math.Max(1, run.Timeline.Count > 0 ? run.Timeline[^1].Seconds : 1);
        var axis = Axis.Of(points.SelectMany(point => new[] { point.P50, point.Max }), FirstTop);
        svg.Label(16, FirstTop - 34, "heading", "start", "Latency over time");
        Legend(svg, FirstTop - 34, [("middle", "p50"), ("slow", "p99"), ("worst", "max"), .. run.Timeline.Any(point => point.Errors > 0) ? new[] { ("error", "errors") } : []]);
        axis.Draw(svg);
        var step = Step(seconds);
        for (var at = 0.0; at <= seconds * 1.0001; at += step)
        {
            svg.Line("line", X(at), FirstTop, X(at), FirstTop + Plot);
            svg.Label(X(at), FirstTop + Plot + 18, "small", "middle", Text(at) + " s");
        }

        foreach (var part in Unbroken(run.Timeline))
        {
            svg.Path("worst", [.. part.Select(point => (X(Middle(point)), axis.Y(point.Max)))]);
            svg.Path("slow", [.. part.Select(point => (X(Middle(point)), axis.Y(point.P99)))]);
            svg.Path("middle", [.. part.Select(point => (X(Middle(point)), axis.Y(point.P50)))]);
        }

        foreach (var point in run.Timeline.Where(point => point.Errors > 0)) svg.Rectangle("error", X(Middle(point)) - 2, FirstTop + Plot - 8, 4, 8);

        double X(double at) => Left + (at / seconds * (Width - Left - Right));
    }

    private static void DrawByPercentile(SvgPage svg, LoadRunResult run)
    {
        var (due, sent) = (run.All.FromDue.Curve, run.All.FromSent.Curve);
        var nines = Math.Max(1, due.Count == 0 ? 1 : Nines(due[^1].Percent));
        var axis = Axis.Of(due.Concat(sent).Select(point => point.Latency), SecondTop);
        svg.Label(16, SecondTop - 34, "heading", "start", "Latency by percentile");
        Legend(svg, SecondTop - 34, run.Rate is null ? [("middle", "from sending")] : [("middle", "from when it was due"), ("sent", "from sending")]);
        axis.Draw(svg);
        foreach (var percent in new[] { 0, 50, 90, 99, 99.9, 99.99, 99.999 }.Where(percent => Nines(percent) <= nines))
        {
            svg.Line("line", X(percent), SecondTop, X(percent), SecondTop + Plot);
            svg.Label(X(percent), SecondTop + Plot + 18, "small", "middle", percent.ToString("0.###", CultureInfo.InvariantCulture) + " %");
        }

        if (run.Rate is not null) svg.Path("sent", [.. sent.Select(point => (X(point.Percent), axis.Y(point.Latency)))]);
        svg.Path("middle", [.. due.Select(point => (X(point.Percent), axis.Y(point.Latency)))]);
        svg.Label(16, SecondTop + Plot + 40, "small", "start", "So many percent of the requests were as fast or faster. Lower is better.");

        double X(double percent) => Left + (Nines(percent) / nines * (Width - Left - Right));
    }

    /// <summary>Nothing was answered for a while: no line goes over it.</summary>
    private static IEnumerable<List<LoadPoint>> Unbroken(IEnumerable<LoadPoint> timeline)
    {
        var part = new List<LoadPoint>();
        foreach (var point in timeline)
        {
            if (point.Answered > 0)
            {
                part.Add(point);
                continue;
            }

            if (part.Count > 0) yield return part;
            part = [];
        }

        if (part.Count > 0) yield return part;
    }

    private static void Legend(SvgPage svg, int y, IEnumerable<(string Kind, string Text)> entries)
    {
        var x = (double)Width - Right;
        foreach (var (kind, text) in entries.Reverse())
        {
            x -= 7.2 * text.Length;
            svg.Label(x, y, "small", "start", text);
            x -= 28;
            if (kind == "error") svg.Rectangle(kind, x + 8, y - 8, 4, 8);
            else svg.Path(kind, [(x, y - 4), (x + 22, y - 4)]);
            x -= 18;
        }
    }

    private static string Busy(LoadResult result) =>
        result.LoadAtStart is { } load ? $", load average {load.ToString("0.0", CultureInfo.InvariantCulture)} at the start" : "";

    private static double Middle(LoadPoint point) => point.Seconds - (point.Length / 2);

    /// <summary>90 % is 1, 99 % is 2.</summary>
    private static double Nines(double percent) => -Math.Log10(1 - (Math.Min(percent, 99.99999) / 100));

    private static double Step(double seconds) => new[] { 1.0, 2, 5, 10, 20, 60, 120, 300, 600 }.FirstOrDefault(step => seconds / step <= 12, 600);

    private static string Text(double seconds) => seconds.ToString("0", CultureInfo.InvariantCulture);

    /// <summary>Latency from the power of ten below all to the one above.</summary>
    private sealed record Axis(int From, int To, int Top)
    {
        public static Axis Of(IEnumerable<long> latencies, int top)
        {
            long[] all = [.. latencies.Where(latency => latency > 0)];
            if (all.Length == 0) return new Axis(5, 6, top);
            var (from, to) = ((int)Math.Floor(Math.Log10(all.Min())), (int)Math.Ceiling(Math.Log10(all.Max())));
            return new Axis(from, Math.Max(from + 1, to), top);
        }

        public double Y(long latency) => Top + Plot - ((Math.Log10(Math.Max(1, latency)) - From) / (To - From) * Plot);

        public void Draw(SvgPage svg)
        {
            for (var power = From; power <= To; power++)
            {
                var latency = (long)Math.Pow(10, power);
                svg.Line("line", Left, Y(latency), Width - Right, Y(latency));
                svg.Label(Left - 8, Y(latency) + 4, "small", "end", Name(power));
            }
        }

        private static string Name(int power)
        {
            string[] units = ["ns", "µs", "ms", "s"];
            var unit = Math.Min(power / 3, units.Length - 1);
            return ((long)Math.Pow(10, power - (unit * 3))).ToString(CultureInfo.InvariantCulture) + " " + units[unit];
        }
    }
}
