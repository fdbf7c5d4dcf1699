using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.OpenApi;
using Platform.Api.EmbeddedFiles;
using Platform.Api.Problems;

namespace Platform.Api.Docs;

/// <summary><c>/docs</c>: chapters, and the OpenAPI document as one readable page (decision 0108). Made at the first request. Its script searches the page and calls nothing.</summary>
internal sealed class DocsPage(ApiDescription description)
{
    private static readonly string Script = Read("docs.js");

    private static readonly StringValues Policy = PageStyle.PolicyOf(Script);

    private CompressedAnswer? _answer;

    public static async Task<FileContentHttpResult> GetAsync(DocsPage page, HttpContext context, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.CacheControl = "no-cache";
        return (page._answer ??= await page.MakeAsync(cancellationToken)).For(context);
    }

    private async Task<CompressedAnswer> MakeAsync(CancellationToken cancellationToken) =>
        new(Encoding.UTF8.GetBytes(Render(await description.GetAsync(cancellationToken))), "text/html; charset=utf-8");

    private static string Render(OpenApiDocument document)
    {
        var html = new StringBuilder();
        var groups = ApiDescription.CallsOf(document).GroupBy(call => call.Tag).ToList();
        html.Append(Read("chapters.html").Replace("{{introduction}}", PageStyle.Encode(document.Info.Description), StringComparison.Ordinal).Replace("{{menu}}", Menu(groups), StringComparison.Ordinal));
        foreach (var group in groups)
        {
            html.Append("<div class=\"group\"><h2>").Append(PageStyle.Encode(group.Key)).Append("</h2><p>").Append(PageStyle.Encode(document.Tags?.FirstOrDefault(tag => tag.Name == group.Key)?.Description)).Append("</p>");
            foreach (var call in group) OperationSection.Render(html, call);
            html.Append("</div>");
        }

        html.Append("<h2 id=\"problems\">Problems</h2><dl>");
        foreach (var kind in ProblemKind.All)
        {
            html.Append("<dt id=\"").Append(kind.Code).Append("\"><code>").Append(kind.Code).Append("</code> ").Append(kind.Status).Append("</dt><dd>");
            html.Append(PageStyle.Encode(kind.Title)).Append("</dd>");
        }

        return PageStyle.Wrap(PageStyle.Encode(document.Info.Title), html.Append("</dl><script>").Append(Script).Append("</script>").ToString());
    }

    private static string Menu(IEnumerable<IGrouping<string, DescribedCall>> groups)
    {
        var html = new StringBuilder("<nav aria-label=\"Calls\">");
        foreach (var group in groups)
        {
            html.Append("<details><summary>").Append(PageStyle.Encode(group.Key)).Append("</summary><ul>");
            foreach (var call in group) html.Append(CultureInfo.InvariantCulture, $"<li><a href=\"#{call.Anchor}\">{PageStyle.Encode(call.Operation.Summary)} <code>{call.Method} {PageStyle.Encode(call.Path)}</code></a></li>");
            html.Append("</ul></details>");
        }

        return html.Append("</nav>").ToString();
    }

    private static string Read(string name) => Encoding.UTF8.GetString(EmbeddedFile.Read($"docs/{name}"));
}
