using System.Collections.Immutable;

namespace Platform.Security;

/// <summary>The token with which a reporter reads the state of a vulnerability report. A made-up one ends at the host and reaches no grain (threat T87).</summary>
public static class ReportStatusToken
{
    private const string Purpose = "vulnerability-report-status";

    public static string Seal(MasterKey master, VulnerabilityReportId report, ReadOnlySpan<byte> secret) => SealedSecret.Seal(master, Purpose, report, secret);

    public static bool TryOpen(MasterKey master, string? text, out VulnerabilityReportId report, out ImmutableArray<byte> secretHash) =>
        SealedSecret.TryOpen(master, Purpose, text, out report, out secretHash);
}
