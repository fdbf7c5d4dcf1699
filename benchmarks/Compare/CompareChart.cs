using System.Globalization;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Compare;

/// <summary>Processor time per request ÷ that of the bare server as bars, in plain SVG that is readable on light and on dark.</summary>
internal static class CompareChart
{
    private const string Bare = "bare";
    private const int Width = 860;
    private const int Left = 290;
    private const int Right = 90;
    private const int Top = 78;
    private const int Step = 30;
    private const int Bar = 18;

    private const string Light = """
        .one { stroke: #59636e; stroke-dasharray: 4 3; }
        .spread { stroke: #1f2328; stroke-width: 1.5; }
        .other { fill: #8c959f; }
        .store { fill: #c8cdd3; }
        .platform { fill: #0969da; }
        """;

    private const string Dark = """
          .one { stroke: #9198a1; }
          .spread { stroke: #f0f6fc; }
          .other { fill: #767f89; }
          .store { fill: #4a525b; }
          .platform { fill: #4493f8; }
        """;

    public static string Draw(CompareResult result)
    {
        // All rows of the bare server are 1 by definition: the first stands for them.
        var bare = result.Rows.FirstOrDefault(row => row.Server == Bare);
        var rows = result.Rows.Where(row => row is { LeftOut: null, ProcessorToBare: not null } && (row.Server != Bare || row == bare)).ToList();

        // A round that was disturbed does not make all bars short: its line ends at the edge.
        var (longest, farthest) = (rows.Max(row => Whole(row).Median), rows.Max(row => Whole(row).High));
        var most = Math.Max(1.5, Math.Ceiling(Math.Min(farthest, longest * 1.3) * 2) / 2);
        var bottom = Top + (rows.Count * Step);
        var missing = string.Join("; ", result.Rows.Where(row => row.LeftOut is not null).Select(row => $"{row.Server} ({row.Call})"));
        var height = bottom + 52 + (missing.Length > 0 ? 20 : 0);
        var svg = new SvgPage(Width, height, "Processor time per request, bare Kestrel = 1", Light, Dark);
        svg.Label(16, 28, "title", "start", "Processor time per request, bare Kestrel with the same bytes = 1");
        svg.Label(16, 50, "small", "start", $"HTTPS, HTTP/1.1, {Number(result.Connections)} connections, {Number(result.Processors)} processors; median of {Number(result.Rounds)} rounds, line from the 10th to the 90th percentile");
        for (var mark = 0.0; mark <= most; mark += most > 4 ? 1 : 0.5)
        {
            svg.Line(mark == 1 ? "one" : "line", X(mark), Top - 8, X(mark), bottom);
            svg.Label(X(mark), bottom + 18, "small", "middle", mark.ToString("0.0", CultureInfo.InvariantCulture));
        }

        for (var i = 0; i < rows.Count; i++) Draw(rows[i], Top + (i * Step));
        svg.Label(16, bottom + 38, "small", "start", "Pale: processor time of the store that the server asks. Shorter is better.");
        if (missing.Length > 0) svg.Label(16, bottom + 58, "small", "start", $"Left out: {missing}.");
        return svg.Close();

        double X(double ratio) => Left + (ratio / most * (Width - Left - Right));

        void Draw(CompareRow row, int top)
        {
            var (own, whole) = (row.ProcessorToBare!, Whole(row));
            var middle = top + (Bar / 2);
            svg.Label(Left - 10, middle + 5, "name", "end", row == bare ? Bare : $"{row.Server}: {row.Call}");
            if (whole.Median > own.Median) svg.Rectangle("store", X(own.Median), top, X(whole.Median) - X(own.Median), Bar);
            svg.Rectangle(row.Server == "platform" ? "platform" : "other", X(0), top, X(own.Median) - X(0), Bar);
            svg.Line("spread", X(whole.Low), middle, X(Math.Min(whole.High, most)), middle);
            svg.Label(X(Math.Min(whole.High, most)) + 8, middle + 5, "value", "start", whole.Median.ToString("0.00", CultureInfo.InvariantCulture));
        }
    }

    private static Spread Whole(CompareRow row) => row.WholeProcessorToBare ?? row.ProcessorToBare!;

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
