using System.CommandLine;

namespace Platform.Benchmarks.Backups;

/// <summary>How much is backed up and restored.</summary>
internal sealed record BackupsOptions(int Users, int Sessions, int Events, string? Postgres, string? Output)
{
    private static readonly Option<int> UserCount = Bounded.Number("--users", "Users", 10_000, 10, 1_000_000);
    private static readonly Option<int> SessionCount = Bounded.Number("--sessions", "Live sessions", 100_000, 10, 5_000_000);
    private static readonly Option<int> EventCount = Bounded.Number("--events", "Events of the access log, beside those of the sessions", 1_000_000, 1_000, 20_000_000);
    private static readonly Option<string?> Database = new("--postgres")
    {
        Description = "Connection string of an empty database, whose login may make another one; without it a SQLite file in a temporary folder",
        HelpName = "TEXT",
    };

    public static IReadOnlyList<Option> All { get; } = [UserCount, SessionCount, EventCount, Database];

    public static BackupsOptions Read(ParseResult line) =>
        new(line.GetValue(UserCount), line.GetValue(SessionCount), line.GetValue(EventCount), line.GetValue(Database), line.GetValue(Commands.Output));
}
