namespace Platform.Benchmarks.Scale;

/// <summary>How much the scale run makes and measures.</summary>
internal sealed record SessionsOptions(int Count, int SessionsPerUser, int InFlight, TimeSpan Time, string? Output)
{
    public const string Usage =
        """
        sessions: many live sessions in one process with the real silo and a SQLite file in a temporary folder.
          --count N              sessions (default 100000)
          --sessions-per-user N  (default 10, at most 100)
          --in-flight N          calls that are under way at a time where grains or storage answer (default 64)
          --seconds N            how long each rate is measured (default 10)
          --out FILE             also write the tables to a file
        """;

    public int Users => (Count + SessionsPerUser - 1) / SessionsPerUser;

    public static SessionsOptions Read(CommandLine line)
    {
        var options = new SessionsOptions(
            line.Number("--count", 100_000, 100, 5_000_000),
            line.Number("--sessions-per-user", 10, 1, 100),
            line.Number("--in-flight", 64, 1, 4096),
            TimeSpan.FromSeconds(line.Number("--seconds", 10, 1, 600)),
            line.Text("--out"));
        line.RefuseOthers();
        return options;
    }
}
