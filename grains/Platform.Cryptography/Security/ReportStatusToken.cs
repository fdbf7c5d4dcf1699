using System.Collections.Immutable;

namespace Platform.Security;

/// <summary>
/// The token with which a reporter reads the state of a vulnerability report. A made-up one ends at the host and reaches no grain (threat T87). It counts for years, so it is sealed by what
/// stays when the master key changes; those that were given out before there was an index key open until the master key of that time is retired.
/// </summary>
public static class ReportStatusToken
{
    private const string Purpose = "vulnerability-report-status";

    public static string Seal(IndexKey index, VulnerabilityReportId report, ReadOnlySpan<byte> secret)
    {
        using var key = new MasterKey(index.Derive(Purpose));
        return SealedSecret.Seal(key, Purpose, report, secret);
    }

    public static bool TryOpen(IndexKey index, MasterKey master, string? text, out VulnerabilityReportId report, out ImmutableArray<byte> secretHash)
    {
        using var key = new MasterKey(index.Derive(Purpose));
        return SealedSecret.TryOpen(key, Purpose, text, out report, out secretHash) || SealedSecret.TryOpen(master, Purpose, text, out report, out secretHash);
    }
}
