using System.Globalization;
using System.Xml.Linq;
using Platform.Benchmarks.Compare;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Tests.Compare;

/// <summary>Table and picture of a comparison, from given turns.</summary>
public sealed class CompareReportTests
{
    private const string Peek = "GET /v1/session";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Spread_BetweenRounds_IsInProportion()
    {
        Spread.Of([2, 1]).ShouldBe(new Spread(1.1, 1.5, 1.9));
        Spread.Of([3, 1, 2]).Median.ShouldBe(2);
        Spread.Of([7]).ShouldBe(new Spread(7, 7, 7));
    }

    [Fact]
    public void From_Turns_RatiosAreThoseWithinARound()
    {
        // The second round of each is slow, as on a disturbed machine: the ratio stays.
        var row = CompareRow.From("platform", Peek, [Turned(100, 2000), Turned(50, 4000)], [Turned(200, 1000), Turned(100, 2000)]);
        row.RateToBare.ShouldBe(new Spread(0.5, 0.5, 0.5));
        row.ProcessorToBare.ShouldBe(new Spread(4, 4, 4));
        (row.WholeProcessorToBare, row.RateToRedis, row.RateToNaiveRedis).ShouldBe((null, null, null));
        (row.Bytes, row.Allocated).ShouldBe((890, 10));
    }

    [Fact]
    public void From_TurnsWithAStore_CountItApart()
    {
        var row = CompareRow.From("redis", Peek, [Turned(100, 1000, store: 500)], [Turned(100, 1000)], [Turned(50, 1000)], [Turned(25, 1000)]);
        (row.ProcessorToBare!.Median, row.WholeProcessorToBare!.Median, row.RateToRedis!.Median, row.RateToNaiveRedis!.Median).ShouldBe((1, 1.5, 2, 4));
    }

    [Fact]
    public async Task Write_Rows_TablesAndWhatWasLeftOut()
    {
        var file = Path.GetTempFileName();
        try
        {
            var report = new Report("Comparison");
            CompareReport.Write(report, Result());
            await report.PublishAsync(file);
            var text = await File.ReadAllTextAsync(file);
            text.ShouldContain("| platform | `GET /v1/session` | 1.25 (1.25 to 1.25) | – | 1.00 (1.00 to 1.00) | – | – |");
            text.ShouldContain("| platform | `GET /v1/session` | 12.5 µs | 100 |");
            text.ShouldContain("Left out: redis, `GET /v1/session`: there is none.");
            text.ShouldContain("Load average at the end: 1.50.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Draw_Rows_AreBarsAsLongAsTheirRatio()
    {
        var chart = XDocument.Parse(CompareChart.Draw(Result()));
        var (bare, platform) = (Bar(chart, "other"), Bar(chart, "platform"));
        (platform / bare).ShouldBe(1.25, 0.01);
        Texts(chart).ShouldContain("platform: GET /v1/session");
        Texts(chart).ShouldContain("1.25");
        Texts(chart).ShouldContain("Left out: redis (GET /v1/session).");
    }

    [Fact]
    public void Draw_WithAStore_HasItsPartPale()
    {
        var chart = XDocument.Parse(CompareChart.Draw(Result() with
        {
            Rows = [CompareRow.From("bare", Peek, [Turned(100, 1000)], [Turned(100, 1000)]), CompareRow.From("a <& b", Peek, [Turned(100, 2000, store: 1000)], [Turned(100, 1000)])],
        }));
        Bar(chart, "store").ShouldBe(Bar(chart, "other"), 0.2);
        Texts(chart).ShouldContain("a <& b: GET /v1/session");
        Texts(chart).ShouldContain("3.00");
        Texts(chart).ShouldNotContain(text => text.StartsWith("Left out", StringComparison.Ordinal));
    }

    private static double Bar(XDocument chart, string kind) =>
        double.Parse(chart.Descendants(Svg + "rect").First(rectangle => rectangle.Attribute("class")?.Value == kind).Attribute("width")!.Value, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Texts(XDocument chart) => chart.Descendants(Svg + "text").Select(text => text.Value);

    private static CompareResult Result() => new()
    {
        Day = "2026-11-29",
        Processors = 2,
        DotNet = ".NET 10",
        LoadAtEnd = 1.5,
        Connections = 64,
        Rounds = 1,
        SecondsATurn = 1,
        Rows =
        [
            CompareRow.From("bare", Peek, [Turned(100, 1000)], [Turned(100, 1000)]),
            CompareRow.From("platform", Peek, [Turned(100, 1250)], [Turned(100, 1000)]),
            new CompareRow { Server = "redis", Call = Peek, LeftOut = "there is none." },
        ],
    };

    /// <param name="requests">In one second.</param>
    /// <param name="processor">Microseconds.</param>
    /// <param name="store">Microseconds.</param>
    private static Turn Turned(int requests, int processor, int store = 0)
    {
        var latency = new LatencyHistogram();
        for (var i = 0; i < requests; i++) latency.Record(1_000_000);
        return new Turn(requests, TimeSpan.FromSeconds(1), TimeSpan.FromMicroseconds(processor), TimeSpan.FromMicroseconds(store), requests * 10, requests * 890, latency);
    }
}
