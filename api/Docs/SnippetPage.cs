using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Api.EmbeddedFiles;
using Platform.Api.Requests;

namespace Platform.Api.Docs;

/// <summary>
/// <c>/docs/snippet</c>: for developers of pages, in terms of the host that was asked. The pages and programs that it shows are those that run: of the example site, and of the examples.
/// </summary>
internal sealed partial class SnippetPage(IExampleSite? site = null)
{
    private const string Title = "Sessions in your pages";

    private static readonly Dictionary<string, string> Shown = new(StringComparer.Ordinal)
    {
        ["minimal.html"] = Read("docs/minimal.html").Replace("{{script}}", "your scriptUrl", StringComparison.Ordinal).Replace("{{integrity}}", "your integrity", StringComparison.Ordinal),
        ["minimal.js"] = Read("docs/minimal.js"),
        ["first-party.nginx"] = Read("docs/first-party.nginx"),
        ["first-party.yarp"] = Read("docs/first-party.yarp"),
        ["server.mjs"] = Read("docs/server.mjs"),
    };

    private static readonly string Body = Read("docs/snippet.html");

    public static FileContentHttpResult Get(SnippetPage page, HttpRequest request, HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = PageStyle.Policy;
        response.Headers.CacheControl = "no-cache";
        var html = Encoding.UTF8.GetBytes(page.Render(OwnOrigin.Of(request)));
        return TypedResults.Bytes(html, "text/html; charset=utf-8", entityTag: EmbeddedFile.TagOf(html));
    }

    private string Render(string platform) => PageStyle.Wrap(
        Title,
        Place().Replace(Body, place => place.Groups["name"].Value switch
        {
            "platform" => WebUtility.HtmlEncode(platform),
            "live" => site?.Address is { } address
                ? $"The example page of this platform is at <a href=\"{address}\">{address}</a>."
                : "Started by <code>./run --demo</code>, the platform serves an example page beside it, and says where.",
            var name => WebUtility.HtmlEncode(Shown[name].TrimEnd()),
        }));

    private static string Read(string name) => Encoding.UTF8.GetString(EmbeddedFile.Read(name));

    [GeneratedRegex(@"\{\{(?<name>[a-z.-]+)\}\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Place();
}
