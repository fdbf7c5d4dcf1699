using System.CommandLine;

namespace Platform.Benchmarks.Compare;

/// <summary>How long the comparison takes, and where its results go. Everything has an upper bound.</summary>
internal sealed record CompareOptions(int Rounds, TimeSpan Turn, TimeSpan WarmUp, int Connections, string? Json, string? Svg, string? Output)
{
    /// <summary>One user of the platform has as many by default; further connections share them.</summary>
    private const int MostSessions = 64;

    private static readonly Option<int> RoundCount = Bounded.Number("--rounds", "Rounds; in each, every server has its turn", 5, 1, 1_000);
    private static readonly Option<int> TurnSeconds = Bounded.Number("--seconds", "Seconds of a turn", 3, 1, 60);
    private static readonly Option<int> WarmUpSeconds = Bounded.Number("--warm-up", "Seconds of the first turn of each, which is not counted", 5, 1, 60);
    private static readonly Option<int> ConnectionCount = Bounded.Number("--connections", "Connections, each with one request under way", 64, 1, 1_000);
    private static readonly Option<string?> JsonFile = new("--json") { Description = "Also write the numbers to this file", HelpName = "FILE" };
    private static readonly Option<string?> SvgFile = new("--svg") { Description = "Also draw processor time per request to this file", HelpName = "FILE" };

    public static IReadOnlyList<Option> All { get; } = [RoundCount, TurnSeconds, WarmUpSeconds, ConnectionCount, JsonFile, SvgFile];

    public int Sessions => Math.Min(Connections, MostSessions);

    public static CompareOptions Read(ParseResult line) => new(
        line.GetValue(RoundCount),
        TimeSpan.FromSeconds(line.GetValue(TurnSeconds)),
        TimeSpan.FromSeconds(line.GetValue(WarmUpSeconds)),
        line.GetValue(ConnectionCount),
        line.GetValue(JsonFile),
        line.GetValue(SvgFile),
        line.GetValue(Commands.Output));
}
