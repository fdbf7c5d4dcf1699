using System.Globalization;
using System.Text;

namespace Platform.Api.Privacy;

/// <param name="Name">Of the file in the archive.</param>
/// <param name="What">What it holds.</param>
/// <param name="Basis">What it answers.</param>
/// <param name="Retention">How long the platform keeps it.</param>
/// <param name="Fields">What each field is; by path, <c>[]</c> for each item.</param>
internal sealed record ExportedFileBody(string Name, string What, IReadOnlyList<string> Basis, string Retention, IReadOnlyDictionary<string, string> Fields);

internal sealed record ExportDescriptionBody(
    string Format, DateTimeOffset CreatedAt, UserId User, TenantId Tenant, IReadOnlyList<ExportedFileBody> Files, IReadOnlyList<string> NotIncluded);

/// <summary>Describes the content of an export for its reader, as text and as JSON, from one table.</summary>
internal static class ExportDescription
{
    public const string Profile = "profile.json";
    public const string Sessions = "sessions.json";
    public const string Factors = "second-factors.json";
    public const string Log = "access-log.ndjson";
    public const string Changes = "scenarios.json";
    public const string Comments = "scenario-comments.json";
    public const string ApiKeys = "api-keys.json";
    public const string Messages = "notifications.json";

    private const string Access = "GDPR Art. 15(1) and (3): access, copy";
    private const string Portability = "GDPR Art. 20(1): data that the person provided, in a machine-readable form";
    private const string WithAccount = "as long as the account";

    private static readonly ExportedFileBody[] Files =
    [
        new(Profile, "The account.", [Access, Portability], WithAccount, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["id"] = "what the account is called inside the platform", ["tenantId"] = "the customer whose account it is", ["username"] = "the name to sign in with",
            ["email"] = "where messages go", ["emailVerified"] = "whether the account's owner has confirmed it, or used a link that was sent to it",
            ["pendingEmail"] = "the address that takes its place once it is confirmed", ["formerEmails"] = "addresses that were replaced within seven days, and when", ["confirmationLinksSentAt"] = "links to confirm an address within the last hour",
            ["invitationsSentAt"] = "invitations within the hour before the last one, until one is accepted",
            ["devicesSeen"] = "devices that signed in within 90 days, ten at most, so that a new one is told of", ["networksSeen"] = "networks of sign-ins within 90 days, twenty at most", ["signInNoticesSentAt"] = "notices of new sign-ins within the last day",
            ["status"] = "active, disabled, or invited and without a password", ["permissions"] = "what the account may do", ["role"] = "where the permissions come from; null: given one by one",
            ["createdAt"] = "when the account was made", ["passwordChangedAt"] = "when the password was set last", ["resetLinksSentAt"] = "links for a new password within the last hour",
            ["scenarioGrants"] = "levels of its own on single scenarios",
        }),
        new(Sessions, "Sign-ins that live or ended lately, newest first.", [Access], "the tenant's retention of ended sessions", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["[].id"] = "name of the session", ["[].state"] = "live or ended", ["[].reason"] = "why it ended", ["[].createdAt"] = "sign-in", ["[].lastActivityAt"] = "last activity",
            ["[].absoluteExpiresAt"] = "its latest end", ["[].endedAt"] = "its end", ["[].ip"] = "address of the sign-in", ["[].userAgent"] = "program that signed in", ["[].device"] = "the same as people know it",
        }),
        new(Factors, "Second factors: kinds and dates. Their secrets are in no export.", [Access, Portability], WithAccount, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["factors"] = "each with kind (totp, sms, sms_unconfirmed), phone number where there is one, and since when", ["recoveryCodesRemaining"] = "unused recovery codes",
            ["textMessagesSentAt"] = "text messages within the last day",
        }),
        new(Log, "Entries of the access log by or about the account, newest first, one a line.", [Access, "GDPR Art. 5(1)(f) and 32: why the log is kept"], "the tenant's retention of the access log", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["sequence"] = "place in the log", ["id"] = "name of the entry", ["time"] = "when", ["actor"] = "who did it; of another person only the kind", ["action"] = "what was done",
            ["target"] = "to what it was done; of another person only the kind", ["outcome"] = "success or failure", ["reason"] = "why, as a code", ["ip"] = "address, unless another person's",
            ["userAgent"] = "program, unless another person's", ["sessionId"] = "session, unless another person's", ["changes"] = "fields before and after, unless another person's",
        }),
        new(Changes, "Changes of scenarios that the account made, of the last hundred of each scenario.", [Access, Portability], "as long as the scenario, the last hundred changes", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["[].scenarioId"] = "which scenario", ["[].scenarioName"] = "its name now", ["[].version"] = "the version made", ["[].changedAt"] = "when", ["[].action"] = "created, updated, started or paused",
            ["[].changes"] = "fields before and after",
        }),
        new(Comments, "Comments that the account wrote.", [Access, Portability], "as long as the scenario", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["[].scenarioId"] = "on which scenario", ["[].id"] = "name of the comment", ["[].createdAt"] = "when", ["[].text"] = "as written",
        }),
        new(ApiKeys, "API keys that the account made. Not the keys themselves: nobody has them.", [Access], "until the key is deleted", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["[].id"] = "which key", ["[].name"] = "as named by its maker", ["[].scopes"] = "what it is good for", ["[].createdAt"] = "when it was made", ["[].lastUsedAt"] = "its last use, by anybody",
        }),
        new(Messages, "Messages to the account that are not delivered yet, without their texts, which may hold a code or a link.", [Access], "until delivered", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["[].channel"] = "email or sms", ["[].to"] = "address or number", ["[].template"] = "kind of message", ["[].createdAt"] = "when it was written",
        }),
    ];

    private static readonly string[] NotIncluded =
    [
        "Passwords, second-factor secrets, recovery codes, tokens and API keys: the platform holds them only as hashes or sealed, and a copy would endanger the account.",
        "Names, addresses, programs and sessions of other people (GDPR Art. 15(4)): if somebody else acted, the export names only the kind of actor.",
        "Counters against guessed passwords: they belong to a name that was typed, whoever typed it, and are gone within a day.",
    ];

    public static ExportDescriptionBody Of(UserId user, TenantId tenant, DateTimeOffset now) => new("platform-user-export-v1", now, user, tenant, Files, NotIncluded);

    public static string Text(ExportDescriptionBody description)
    {
        var text = new StringBuilder();
        text.AppendLine("What this platform holds about one account");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Account {description.User}, tenant {description.Tenant}, made {description.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
        text.AppendLine("Times are UTC. The same as this page for programs: description.json.");
        foreach (var file in description.Files)
        {
            text.AppendLine();
            text.AppendLine(file.Name);
            text.AppendLine(CultureInfo.InvariantCulture, $"  {file.What}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  Answers: {string.Join("; ", file.Basis)}.");
            text.AppendLine(CultureInfo.InvariantCulture, $"  Kept: {file.Retention}.");
            foreach (var (field, meaning) in file.Fields) text.AppendLine(CultureInfo.InvariantCulture, $"    {field}: {meaning}");
        }

        text.AppendLine();
        text.AppendLine("Not in here");
        foreach (var item in description.NotIncluded) text.AppendLine(CultureInfo.InvariantCulture, $"  {item}");
        return text.ToString();
    }
}
