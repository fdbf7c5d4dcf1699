using System.CommandLine;

namespace Platform.Benchmarks.Scale;

/// <summary>How much the scale run makes and measures.</summary>
internal sealed record SessionsOptions(int Count, int SessionsPerUser, int InFlight, TimeSpan Time, string? Output)
{
    private static readonly Option<int> Sessions = Bounded.Number("--count", "Sessions", 100_000, 100, 5_000_000);
    private static readonly Option<int> PerUser = Bounded.Number("--sessions-per-user", "Sessions of each user", 10, 1, 100);
    private static readonly Option<int> UnderWay = Bounded.Number("--in-flight", "Calls that are under way at a time where grains or storage answer", 64, 1, 4096);
    private static readonly Option<int> Seconds = Bounded.Number("--seconds", "How long each rate is measured", 10, 1, 600);

    public static IReadOnlyList<Option> All { get; } = [Sessions, PerUser, UnderWay, Seconds];

    public int Users => (Count + SessionsPerUser - 1) / SessionsPerUser;

    public static SessionsOptions Read(ParseResult line) =>
        new(line.GetValue(Sessions), line.GetValue(PerUser), line.GetValue(UnderWay), TimeSpan.FromSeconds(line.GetValue(Seconds)), line.GetValue(Commands.Output));
}
