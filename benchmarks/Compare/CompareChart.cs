using System.Globalization;
using System.Security;
using System.Text;
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

    private const string Style = """
        text { font: 13px system-ui, sans-serif; fill: #1f2328; }
        .title { font-size: 16px; font-weight: 600; }
        .small { font-size: 12px; fill: #59636e; }
        .line { stroke: #d1d9e0; }
        .one { stroke: #59636e; stroke-dasharray: 4 3; }
        .spread { stroke: #1f2328; stroke-width: 1.5; }
        .other { fill: #8c959f; }
        .store { fill: #c8cdd3; }
        .platform { fill: #0969da; }
        .ground { fill: #ffffff; }
        @media (prefers-color-scheme: dark) {
          text { fill: #f0f6fc; }
          .small { fill: #9198a1; }
          .line { stroke: #3d444d; }
          .one { stroke: #9198a1; }
          .spread { stroke: #f0f6fc; }
          .other { fill: #767f89; }
          .store { fill: #4a525b; }
          .platform { fill: #4493f8; }
          .ground { fill: #0d1117; }
        }
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
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\" role=\"img\" aria-label=\"Processor time per request, bare Kestrel = 1\">");
        Add(svg, $"<style>\n{Style}\n</style>");
        Add(svg, $"<rect class=\"ground\" width=\"{Width}\" height=\"{height}\" rx=\"6\"/>");
        Label(svg, 16, 28, "title", "start", "Processor time per request, bare Kestrel with the same bytes = 1");
        Label(svg, 16, 50, "small", "start", $"HTTPS, HTTP/1.1, {Number(result.Connections)} connections, {Number(result.Processors)} processors; median of {Number(result.Rounds)} rounds, line from the 10th to the 90th percentile");
        for (var mark = 0.0; mark <= most; mark += most > 4 ? 1 : 0.5)
        {
            Line(svg, mark == 1 ? "one" : "line", X(mark), Top - 8, X(mark), bottom);
            Label(svg, X(mark), bottom + 18, "small", "middle", mark.ToString("0.0", CultureInfo.InvariantCulture));
        }

        for (var i = 0; i < rows.Count; i++) Draw(svg, rows[i], Top + (i * Step));
        Label(svg, 16, bottom + 38, "small", "start", "Pale: processor time of the store that the server asks. Shorter is better.");
        if (missing.Length > 0) Label(svg, 16, bottom + 58, "small", "start", $"Left out: {missing}.");
        return svg.Append("</svg>\n").ToString();

        double X(double ratio) => Left + (ratio / most * (Width - Left - Right));

        void Draw(StringBuilder to, CompareRow row, int top)
        {
            var (own, whole) = (row.ProcessorToBare!, Whole(row));
            var middle = top + (Bar / 2);
            Label(to, Left - 10, middle + 5, "name", "end", row == bare ? Bare : $"{row.Server}: {row.Call}");
            if (whole.Median > own.Median) Rectangle(to, "store", X(own.Median), top, X(whole.Median) - X(own.Median));
            Rectangle(to, row.Server == "platform" ? "platform" : "other", X(0), top, X(own.Median) - X(0));
            Line(to, "spread", X(whole.Low), middle, X(Math.Min(whole.High, most)), middle);
            Label(to, X(Math.Min(whole.High, most)) + 8, middle + 5, "value", "start", whole.Median.ToString("0.00", CultureInfo.InvariantCulture));
        }
    }

    private static Spread Whole(CompareRow row) => row.WholeProcessorToBare ?? row.ProcessorToBare!;

    private static void Label(StringBuilder to, double x, double y, string kind, string anchor, string text) =>
        Add(to, $"<text class=\"{kind}\" x=\"{Number(x)}\" y=\"{Number(y)}\" text-anchor=\"{anchor}\">{SecurityElement.Escape(text)}</text>");

    private static void Rectangle(StringBuilder to, string kind, double x, double y, double width) =>
        Add(to, $"<rect class=\"{kind}\" x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(width)}\" height=\"{Number(Bar)}\"/>");

    private static void Line(StringBuilder to, string kind, double x1, double y1, double x2, double y2) =>
        Add(to, $"<line class=\"{kind}\" x1=\"{Number(x1)}\" y1=\"{Number(y1)}\" x2=\"{Number(x2)}\" y2=\"{Number(y2)}\"/>");

    private static void Add(StringBuilder to, string line) => to.Append(line).Append('\n');

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
