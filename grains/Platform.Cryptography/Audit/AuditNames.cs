using System.Globalization;

namespace Platform.Audit;

/// <summary>How values of events are printed, in answers and in what is hashed.</summary>
public static class AuditNames
{
    public static string Of(AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.Success => "success",
        AuditOutcome.Failure => "failure",
        _ => ((int)outcome).ToString(CultureInfo.InvariantCulture),
    };

    public static bool TryParse(string? text, out AuditOutcome outcome)
    {
        outcome = text == "success" ? AuditOutcome.Success : AuditOutcome.Failure;
        return text is "success" or "failure";
    }

    /// <summary>UTC with exactly seven digits of the second.</summary>
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
