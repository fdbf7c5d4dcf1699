using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;
using Platform.Api.EmbeddedFiles;

namespace Platform.Api.Docs;

/// <summary><c>/security</c>: the policy for those who look for vulnerabilities, and the form that sends a report. One script, allowed by its hash, calls this origin and nothing else.</summary>
internal sealed class SecurityPage(IOptions<SecurityTxtOptions> options)
{
    private const string Title = "Report a vulnerability";

    private static readonly string Script = Read("security.js");

    private static readonly StringValues Policy = PageStyle.PolicyOfCaller(Script);

    private static readonly string Body = Read("security.html");

    private readonly byte[] _html = Encoding.UTF8.GetBytes(PageStyle.Wrap(Title, Render(options.Value)));

    public static FileContentHttpResult Get(SecurityPage page, HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(page._html, "text/html; charset=utf-8", entityTag: EmbeddedFile.TagOf(page._html));
    }

    private static string Render(SecurityTxtOptions options)
    {
        var contacts = options.Contacts.Select(contact => $"<a href=\"{WebUtility.HtmlEncode(contact)}\">{WebUtility.HtmlEncode(contact[(contact.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart('/'))}</a>");
        return Body
            .Replace("{{contacts}}", options.Contacts is [] ? "" : $"Or write to {string.Join(" or ", contacts)}.", StringComparison.Ordinal)
            .Replace("{{script}}", $"<script>{Script}</script>", StringComparison.Ordinal);
    }

    private static string Read(string name) => Encoding.UTF8.GetString(EmbeddedFile.Read($"docs/{name}"));
}
