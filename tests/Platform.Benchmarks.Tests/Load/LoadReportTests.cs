using System.Text.Json;
using System.Xml.Linq;
using Platform.Benchmarks.Load;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Tests.Load;

/// <summary>Table, progress and pictures of a load, from given numbers.</summary>
public sealed class LoadReportTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public async Task Write_ARun_TellsLatencyErrorsAndWhatTheServerTook()
    {
        var file = Path.GetTempFileName();
        try
        {
            var report = new Report("Load");
            LoadReport.Write(report, Run());
            await report.PublishAsync(file);
            var text = await File.ReadAllTextAsync(file);
            text.ShouldContain("## HTTP/1.1, 100 requests per second");
            text.ShouldContain("| peek | 1,000 | 1.00 ms | 1.00 ms | 1.00 ms | 1.00 ms | 2.00 ms | 1.00 ms | 1.00 ms | 2 (0.20 %) |");
            text.ShouldContain("| peek | 503 | 2 |");
            text.ShouldContain("100 requests per second answered as a live session is, for 10.0 s; 3 of the plan not sent: the platform was too slow. 7 sessions of 1 users");
            text.ShouldContain("20.0 µs of processor time a request, 200 B allocated, 0.50 processors busy, at most 100 MiB of memory; the load itself kept 0.25 busy.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Draw_ARun_HasBothChartsAndItsErrors()
    {
        var chart = XDocument.Parse(LoadChart.Draw(Result(), Run()));
        Texts(chart).ShouldContain("Latency over time");
        Texts(chart).ShouldContain("Latency by percentile");
        Texts(chart).ShouldContain("99.9 %");
        Texts(chart).ShouldContain("errors");

        // The third second had no answer: the lines are broken there.
        chart.Descendants(Svg + "polyline").Count(line => line.Attribute("class")?.Value == "slow" && line.Attribute("points")!.Value.Split(' ').Length == 2).ShouldBe(3);
    }

    [Fact]
    public void Draw_NothingAnswered_IsAPicture() => XDocument.Parse(LoadChart.Draw(Result(), Run() with
    {
        Timeline = [],
        All = LoadCallResult.From("all", new LoadOutcomes(), 0),
    })).Root!.Name.LocalName.ShouldBe("svg");

    [Fact]
    public void Json_ARun_CanBeReadAgain()
    {
        var read = JsonSerializer.Deserialize<LoadResult>(JsonSerializer.Serialize(Result(), ResultFile.Json), ResultFile.Json)!;
        read.Runs.Single().All.FromDue.P99.ShouldBe(Run().All.FromDue.P99);
        read.Runs.Single().Calls.Single().Faults["503"].ShouldBe(2);
    }

    [Fact]
    public void Tell_OffATerminal_IsALineASecond()
    {
        var output = new StringWriter();
        var progress = new LoadProgress(output, terminal: false);
        progress.Tell(1.0, new LoadPoint(1, 1, 1000, 0, 1_000_000, 2_000_000, 3_000_000), errors: 0, waiting: 0, TimeSpan.FromSeconds(30));
        progress.Tell(2.0, new LoadPoint(2, 1, 0, 0, 0, 0, 0), errors: 4, waiting: 1200, TimeSpan.FromSeconds(30));
        progress.End();
        output.ToString().ShouldBe(
            "   1 of 30 s     1,000/s   p50  1.00 ms   p99  2.00 ms   max  3.00 ms   errors 0\n" +
            "   2 of 30 s         0/s   p50     0 ns   p99     0 ns   max     0 ns   errors 4   behind 1,200\n");
    }

    [Fact]
    public void Tell_OnATerminal_StaysInItsLine()
    {
        var output = new StringWriter();
        var progress = new LoadProgress(output, terminal: true);
        var point = new LoadPoint(1, 1, 1000, 0, 1_000_000, 2_000_000, 3_000_000);
        progress.Tell(1.0, point, errors: 0, waiting: 0, TimeSpan.FromSeconds(30));
        progress.Tell(2.0, point, errors: 0, waiting: 0, TimeSpan.FromSeconds(30));
        progress.Say("end");
        output.ToString().Split('\r').Length.ShouldBe(3);
        output.ToString().ShouldEndWith("errors 0\nend\n");
    }

    [Fact]
    public void Tick_LongRun_HasNoMorePointsThanCanBeDrawn()
    {
        var timeline = new LoadTimeline(TimeSpan.FromHours(1));
        for (var second = 1; second <= 3_600; second++)
        {
            timeline.Record(failed: second == 7, 1_000_000);
            timeline.Tick(second).Answered.ShouldBe(1);
        }

        timeline.End(3_600.5);
        timeline.Points.Count.ShouldBe(240);
        timeline.Points.Sum(point => point.Answered).ShouldBe(3_600);
        timeline.Points[0].ShouldBe(new LoadPoint(15, 15, 15, 1, 1_000_000, 1_000_000, 1_000_000));
    }

    private static IEnumerable<string> Texts(XDocument chart) => chart.Descendants(Svg + "text").Select(text => text.Value);

    private static LoadResult Result() => new() { Day = "2026-11-29", Processors = 2, DotNet = ".NET 10", Platform = "Orleans", LoadAtStart = 1.5, Runs = [Run()] };

    private static LoadRunResult Run()
    {
        var outcomes = new LoadOutcomes();
        for (var i = 0; i < 1_000; i++) outcomes.Record(i < 2 ? "503" : null, i == 0 ? 2_000_000 : 1_000_000, 1_000_000);
        return new LoadRunResult
        {
            Name = "http-1.1",
            Http = "1.1",
            Hosts = 1,
            Connections = 64,
            Streams = 1,
            Sessions = 7,
            Users = 1,
            Mix = "peek=100",
            Rate = 100,
            Seconds = 10,
            Achieved = 100,
            Good = 100,
            Unsent = 3,
            Abandoned = 0,
            Interrupted = false,
            Calls = [LoadCallResult.From("peek", outcomes, outcomes.Failed)],
            All = LoadCallResult.From("all", outcomes, outcomes.Failed),
            Server = LoadServerResult.From(
                new PlatformUsage(TimeSpan.Zero, 0), new PlatformUsage(TimeSpan.FromMilliseconds(20), 200_000), 100 * 1024 * 1024, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(40), 1_000),
            Timeline = [.. Enumerable.Range(1, 5).Select(second => new LoadPoint(second, 1, second == 3 ? 0 : 250, second == 1 ? 2 : 0, 1_000_000, 1_000_000, 2_000_000))],
        };
    }
}
