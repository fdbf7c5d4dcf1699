using Microsoft.OpenApi;
using Platform.Api.Sessions;
using Platform.Api.Snippets;

namespace Platform.Api.Docs;

/// <summary>The groups of calls, each with what it is for.</summary>
internal static class Tags
{
    public const string Documents = "Documents";

    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        [SessionEndpoints.Tag] = "Sign in with one or two factors, look at a session, report activity, validate, sign out.",
        ["Forgotten passwords"] = "A link by e-mail sets a new password. Nobody learns here whether an account exists.",
        ["Invitations"] = "Whoever was invited chooses a first password by a link that only they get.",
        ["Notification templates"] = "The texts of a tenant's e-mails, in its languages.",
        ["E-mail addresses"] = "Owners confirm a new address by a link that only they get.",
        ["Own account"] = "What every user may see and change of the own account, without a permission.",
        ["Own second factors"] = "Authenticator, phone and recovery codes of the caller.",
        ["Tenants"] = "Settings of a tenant, and the end of all its sessions at once.",
        ["Operators"] = "Operators make tenants, decide about editions and features, delete tenants, and look after the backups. They see no data of a tenant here.",
        ["Users of a tenant"] = "Users with their permissions, roles, sessions and factors, for those who manage them.",
        ["Privacy"] = "All data of a person or of a tenant in one archive, and erasure with a certificate.",
        ["API keys"] = "Keys for back ends: scopes, expiry, rotation.",
        ["Introspection"] = "Back ends ask whether a session is live, and whose it is (RFC 7662).",
        ["Access log"] = "The tenant's append-only log of who did what: read, export, verify.",
        ["Roles of a tenant"] = "Named sets of permissions.",
        ["IP rules of a tenant"] = "Networks from which users and API keys may or may not call.",
        ["Scenarios and personalizations"] = "The tenant's own content, with status, history, comments and levels of single users.",
        ["Snippets"] = "Scripts for the tenant's own pages, the domains on which they work, and the proof of these.",
        [PageEndpoints.Tag] = "What the script of a snippet calls from a page of a proven domain. Other origins are refused.",
        ["Support access"] = "Operators read a tenant's data only under a grant that the tenant sees, approves and ends.",
        ["Vulnerability reports"] = "Anybody reports a vulnerability and follows it; operators work on it.",
        ["Operations"] = "Probes for load balancers and orchestrators, without a limit.",
        [Documents] = "Pages and files for people and tools, this document among them.",
    };

    /// <summary>A group without a description stays without one: the linters of <c>./test</c> name it, and it is described here.</summary>
    public static void Describe(OpenApiDocument document)
    {
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>()) tag.Description = Descriptions.GetValueOrDefault(tag.Name ?? "");
    }
}
