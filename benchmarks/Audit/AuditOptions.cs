namespace Platform.Benchmarks.Audit;

/// <summary>How much the access-log run makes and measures.</summary>
internal sealed record AuditOptions(int Events, int Appends, int InFlight, string? Postgres, string? Output)
{
    public const string Usage =
        """
        audit: access logs in one process with the real silo: appends, a large log, pages of it, export and check.
          --events N         events in the large log (default 1000000)
          --appends N        single appends for the rates (default 20000)
          --in-flight N      appends that are under way at a time (default 256)
          --postgres TEXT    connection string of an empty database; otherwise a SQLite file in a temporary folder
          --out FILE         also write the tables to a file
        """;

    public static AuditOptions Read(CommandLine line)
    {
        var options = new AuditOptions(
            line.Number("--events", 1_000_000, 1_000, 20_000_000),
            line.Number("--appends", 20_000, 100, 10_000_000),
            line.Number("--in-flight", 256, 1, 10_000),
            line.Text("--postgres"),
            line.Text("--out"));
        line.RefuseOthers();
        return options;
    }
}
