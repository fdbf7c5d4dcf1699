using System.CommandLine;

namespace Platform.Benchmarks.Audit;

/// <summary>How much the access-log run makes and measures.</summary>
internal sealed record AuditOptions(int Events, int Appends, int InFlight, string? Postgres, string? Journal, string? Output)
{
    private static readonly Option<int> LargeLog = Bounded.Number("--events", "Events in the large log", 1_000_000, 1_000, 20_000_000);
    private static readonly Option<int> SingleAppends = Bounded.Number("--appends", "Single appends for the rates", 20_000, 100, 10_000_000);
    private static readonly Option<int> UnderWay = Bounded.Number("--in-flight", "Appends that are under way at a time", 256, 1, 10_000);
    private static readonly Option<string?> Database = new("--postgres") { Description = "Connection string of an empty database; without it a SQLite file in a temporary folder", HelpName = "TEXT" };

    private static readonly Option<string?> EndingJournal = new("--journal") { Description = "Folder of a journal of endings; without it there is none", HelpName = "FOLDER" };

    public static IReadOnlyList<Option> All { get; } = [LargeLog, SingleAppends, UnderWay, Database, EndingJournal];

    public static AuditOptions Read(ParseResult line) =>
        new(line.GetValue(LargeLog), line.GetValue(SingleAppends), line.GetValue(UnderWay), line.GetValue(Database), line.GetValue(EndingJournal), line.GetValue(Commands.Output));
}
