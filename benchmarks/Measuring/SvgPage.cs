using System.Globalization;
using System.Security;
using System.Text;

namespace Platform.Benchmarks.Measuring;

/// <summary>Plain SVG that is readable on light and on dark: text, lines, rectangles, by the names of their styles.</summary>
internal sealed class SvgPage
{
    private const string Light = """
        text { font: 13px system-ui, sans-serif; fill: #1f2328; }
        .title { font-size: 16px; font-weight: 600; }
        .small { font-size: 12px; fill: #59636e; }
        .line { stroke: #d1d9e0; }
        .ground { fill: #ffffff; }
        """;

    private const string Dark = """
          text { fill: #f0f6fc; }
          .small { fill: #9198a1; }
          .line { stroke: #3d444d; }
          .ground { fill: #0d1117; }
        """;

    private readonly StringBuilder _svg = new();

    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="label">What it shows, for whoever does not see it.</param>
    /// <param name="light">Further styles.</param>
    /// <param name="dark">The same on dark.</param>
    public SvgPage(int width, int height, string label, string light, string dark)
    {
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{SecurityElement.Escape(label)}\">");
        Add($"<style>\n{Light}\n{light}\n@media (prefers-color-scheme: dark) {{\n{Dark}\n{dark}\n}}\n</style>");
        Add($"<rect class=\"ground\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>");
    }

    public void Label(double x, double y, string kind, string anchor, string text) =>
        Add($"<text class=\"{kind}\" x=\"{Number(x)}\" y=\"{Number(y)}\" text-anchor=\"{anchor}\">{SecurityElement.Escape(text)}</text>");

    public void Rectangle(string kind, double x, double y, double width, double height) =>
        Add($"<rect class=\"{kind}\" x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(width)}\" height=\"{Number(height)}\"/>");

    public void Line(string kind, double x1, double y1, double x2, double y2) =>
        Add($"<line class=\"{kind}\" x1=\"{Number(x1)}\" y1=\"{Number(y1)}\" x2=\"{Number(x2)}\" y2=\"{Number(y2)}\"/>");

    /// <summary>A line through all points.</summary>
    public void Path(string kind, IReadOnlyCollection<(double X, double Y)> points)
    {
        if (points.Count > 0) Add($"<polyline class=\"{kind}\" points=\"{string.Join(' ', points.Select(point => $"{Number(point.X)},{Number(point.Y)}"))}\"/>");
    }

    public string Close() => _svg.Append("</svg>\n").ToString();

    private void Add(string line) => _svg.Append(line).Append('\n');

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
