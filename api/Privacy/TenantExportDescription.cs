using System.Globalization;
using System.Text;

namespace Platform.Api.Privacy;

/// <summary>Names the files of an export of a tenant, and says for its reader what they hold.</summary>
internal static class TenantExportDescription
{
    public const string Tenant = "tenant.json";
    public const string Roles = "roles.ndjson";
    public const string IpRules = "ip-rules.json";
    public const string Users = "users.ndjson";
    public const string Invitations = "invitations.ndjson";
    public const string Sessions = "sessions.ndjson";
    public const string Scenarios = "scenarios.ndjson";
    public const string Grants = "scenario-grants.ndjson";
    public const string History = "scenario-history.ndjson";
    public const string Comments = "scenario-comments.ndjson";
    public const string Snippets = "snippets.ndjson";
    public const string ApiKeys = "api-keys.ndjson";
    public const string SupportGrants = "support-grants.ndjson";
    public const string Templates = "notification-templates.ndjson";
    public const string Erasures = "erasures.ndjson";
    public const string Log = "access-log.ndjson";
    public const string Checkpoints = "access-log-checkpoints.json";

    private static readonly (string Name, string What)[] Files =
    [
        (Tenant, "the tenant and its settings"),
        (Roles, "roles, built-in ones too"),
        (IpRules, "rules about addresses"),
        (Users, "users as managers see them: name, address, status, role, permissions, kinds of second factors, last sign-in"),
        (Invitations, "those of them who have been invited and have no password yet"),
        (Sessions, "sign-ins that live or ended lately, each with its user"),
        (Scenarios, "scenarios and personalizations with their content"),
        (Grants, "levels of single users on single scenarios"),
        (History, "the last hundred changes of each scenario"),
        (Comments, "comments on scenarios"),
        (Snippets, "snippets with their settings, versions and domains"),
        (ApiKeys, "API keys without their secrets: nobody has them"),
        (SupportGrants, "grants under which operators have read, or asked to read"),
        (Templates, "texts of notifications, own ones and shipped ones, by language"),
        (Erasures, "erasures of users with their certificates"),
        (Log, "the access log as its own export gives it, oldest first"),
        (Checkpoints, "signed heads of the access log, with the keys that signed them"),
    ];

    /// <summary>The first file of the archive.</summary>
    public static string Text(TenantId tenant, string name, DateTimeOffset now)
    {
        var text = new StringBuilder();
        text.AppendLine("Everything that this platform holds about one tenant, as those who manage its users may see it");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Tenant {tenant} ({name}), made {now.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
        text.AppendLine();
        text.AppendLine("A .ndjson file holds one JSON object a line. Times are UTC.");
        text.AppendLine();
        foreach (var (file, what) in Files) text.AppendLine(CultureInfo.InvariantCulture, $"{file,-32}{what}");
        text.AppendLine();
        text.AppendLine($"./run verify-log {Log} --checkpoints {Checkpoints} checks the access log without the platform.");
        text.AppendLine();
        text.AppendLine("Not included: passwords, second-factor secrets, recovery codes, tokens and API keys, which the platform holds only as hashes or sealed; and what only a user sees of itself, which the export of that user holds.");
        return text.ToString();
    }
}
