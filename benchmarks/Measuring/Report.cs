using System.Text;

namespace Platform.Benchmarks.Measuring;

/// <summary>Markdown tables, printed and, where asked for, written to a file.</summary>
internal sealed class Report(string title)
{
    private readonly StringBuilder _text = new($"# {title}\n");

    public void Line(string text) => _text.Append('\n').Append(text).Append('\n');

    public void Table(string heading, params ReadOnlySpan<string> columns)
    {
        _text.Append("\n## ").Append(heading).Append("\n\n");
        Row(columns);
        _text.Append('|');
        for (var i = 0; i < columns.Length; i++) _text.Append(i == 0 ? "---|" : "---:|");
        _text.Append('\n');
    }

    public void Row(params ReadOnlySpan<string> cells) => _text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    /// <summary>Columns <c>p50 p90 p99 p99.9 max</c>.</summary>
    public static string[] Percentiles(LatencyHistogram latency) =>
    [
        Units.Time(latency.Percentile(50)), Units.Time(latency.Percentile(90)), Units.Time(latency.Percentile(99)),
        Units.Time(latency.Percentile(99.9)), Units.Time(latency.Max),
    ];

    public async Task PublishAsync(string? file)
    {
        Console.Write(_text);
        if (file is not null) await File.WriteAllTextAsync(file, _text.ToString());
    }
}
