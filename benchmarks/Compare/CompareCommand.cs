using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Compare;

internal static class CompareCommand
{
    public static Command Create() => Commands.Create(
        "compare",
        "The platform beside bare Kestrel, cookie authentication, and lookups in Redis and PostgreSQL: same bytes, same TLS, this machine, each server in a process of its own.",
        CompareOptions.All,
        RunAsync);

    private static async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var options = CompareOptions.Read(line);
        var report = new Report("The platform beside what it stands on and what is used in its place");
        Machine.Describe(report, Machine.OwnGrains());
        var load = Machine.Load();
        var folder = BenchmarkSilo.TemporaryFolder();
        try
        {
            var rows = await MeasureAsync(folder, options, cancellationToken);
            var result = new CompareResult
            {
                Day = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Processors = Environment.ProcessorCount,
                DotNet = RuntimeInformation.FrameworkDescription,
                LoadAtStart = load,
                LoadAtEnd = Machine.Load(),
                Connections = options.Connections,
                Rounds = options.Rounds,
                SecondsATurn = options.Turn.TotalSeconds,
                Rows = rows,
            };
            CompareReport.Write(report, result);
            if (options.Json is { } json) await File.WriteAllTextAsync(json, JsonSerializer.Serialize(result, ResultFile.Json) + "\n", cancellationToken);
            if (options.Svg is { } svg) await File.WriteAllTextAsync(svg, CompareChart.Draw(result), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await report.PublishAsync(options.Output);
        return 0;
    }

    private static async Task<IReadOnlyList<CompareRow>> MeasureAsync(string folder, CompareOptions options, CancellationToken cancellationToken)
    {
        await using var contestants = await Contestants.StartAsync(folder, options, cancellationToken);
        return await new CompareRun(options, contestants).RunAsync(cancellationToken);
    }
}
