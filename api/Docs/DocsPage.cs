using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Api.EmbeddedFiles;
using Platform.Api.Problems;

namespace Platform.Api.Docs;

/// <summary><c>/docs</c>: the OpenAPI document as one readable page. Its style is <see cref="PageStyle"/>.</summary>
internal sealed class DocsPage([FromKeyedServices(DocsExtensions.Document)] IOpenApiDocumentProvider documents)
{
    private FileContentHttpResult? _answer;

    public static async Task<FileContentHttpResult> GetAsync(DocsPage page, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers.ContentSecurityPolicy = PageStyle.Policy;
        response.Headers.CacheControl = "no-cache";
        return page._answer ??= await page.MakeAsync(cancellationToken);
    }

    private async Task<FileContentHttpResult> MakeAsync(CancellationToken cancellationToken)
    {
        var html = Encoding.UTF8.GetBytes(Render(await documents.GetOpenApiDocumentAsync(cancellationToken)));
        return TypedResults.Bytes(html, "text/html; charset=utf-8", entityTag: EmbeddedFile.TagOf(html));
    }

    private static string Render(OpenApiDocument document)
    {
        var html = new StringBuilder();
        html.Append("<h1>").Append(Text(document.Info.Title)).Append("</h1><p>").Append(Text(document.Info.Description)).Append("</p>");
        html.Append("<p><a href=\"/openapi/v1.json\">OpenAPI document</a> · <a href=\"/docs/snippet\">Sessions in your pages</a> · <a href=\"/security\">Report a vulnerability</a> · <a href=\"#problems\">Problems</a></p>");
        var groups = document.Paths
            .SelectMany(path => path.Value.Operations!.Select(call => (Path: path.Key, Method: call.Key.Method, call.Value)))
            .GroupBy(call => call.Value.Tags?.FirstOrDefault()?.Name ?? "")
            .ToList();
        html.Append("<nav aria-label=\"Calls\">");
        foreach (var group in groups)
        {
            html.Append("<details><summary>").Append(Text(group.Key)).Append("</summary><ul>");
            foreach (var (path, method, _) in group)
            {
                html.Append("<li><a href=\"#").Append(AnchorOf(method, path)).Append("\"><code>").Append(method).Append(' ').Append(Text(path)).Append("</code></a></li>");
            }

            html.Append("</ul></details>");
        }

        html.Append("</nav><p>Examples are for a shell in which <code>PLATFORM</code> is the address of the platform, such as https://localhost:8443, and <code>TOKEN</code> the token of a sign-in.</p>");
        foreach (var group in groups)
        {
            html.Append("<h2>").Append(Text(group.Key)).Append("</h2>");
            foreach (var (path, method, operation) in group) RenderOperation(html, path, method, operation);
        }

        html.Append("<h2 id=\"problems\">Problems</h2><dl>");
        foreach (var kind in ProblemKind.All)
        {
            html.Append("<dt id=\"").Append(kind.Code).Append("\"><code>").Append(kind.Code).Append("</code> ").Append(kind.Status).Append("</dt><dd>");
            html.Append(Text(kind.Title)).Append("</dd>");
        }

        return PageStyle.Wrap(Text(document.Info.Title), html.Append("</dl>").ToString());
    }

    private static void RenderOperation(StringBuilder html, string path, string method, OpenApiOperation operation)
    {
        var anchor = AnchorOf(method, path);
        html.Append("<section id=\"").Append(anchor).Append("\"><h3><code>").Append(method).Append(' ').Append(Text(path)).Append("</code> <a href=\"#").Append(anchor)
            .Append("\" aria-label=\"Link to this call\">#</a></h3><p>").Append(Text(operation.Summary)).Append("</p>");
        if (operation.Parameters is { Count: > 0 } parameters)
        {
            html.Append("<table><tr><th>Parameter</th><th>In</th><th></th></tr>");
            foreach (var parameter in parameters)
            {
                html.Append("<tr><td><code>").Append(Text(parameter.Name)).Append("</code></td><td>").Append(parameter.In?.ToString().ToLowerInvariant());
                html.Append("</td><td>").Append(Text(parameter.Description)).Append("</td></tr>");
            }

            html.Append("</table>");
        }

        foreach (var body in operation.RequestBody?.Content?.Values ?? [])
        {
            html.Append("<p>Body:</p><pre>").Append(Text(Print(body.Example))).Append("</pre>");
            RenderMembers(html, body.Schema);
        }

        html.Append("<p>Example:</p><pre>").Append(Text(CurlExample.Of(method, path, operation))).Append("</pre>");
        html.Append("<table><tr><th>Answer</th><th></th></tr>");
        foreach (var (status, response) in operation.Responses ?? [])
        {
            html.Append("<tr><td>").Append(status).Append("</td><td>").Append(Codes(Text(response.Description)));
            var schema = response.Content?.Where(content => content.Key == "application/json").Select(content => content.Value.Schema).FirstOrDefault();
            if (schema is not null) RenderMembers(html, schema);
            html.Append("</td></tr>");
        }

        html.Append("</table></section>");
    }

    private static void RenderMembers(StringBuilder html, IOpenApiSchema? schema)
    {
        if (schema?.Properties is not { Count: > 0 } members) return;
        html.Append("<p>");
        foreach (var (name, member) in members)
        {
            html.Append("<code>").Append(Text(name)).Append("</code>").Append(schema.Required?.Contains(name) == true ? "" : "?").Append(' ');
            html.Append(Text(Kind(member))).Append("; ");
        }

        html.Append("</p>");
    }

    private static string Kind(IOpenApiSchema schema)
    {
        if (schema.Enum is { Count: > 0 } names) return string.Join(" | ", names.Select(name => name?.ToString()));
        if (schema.Items is { } items) return "list of " + Kind(items);
        if (schema.Properties is { Count: > 0 } members) return "{ " + string.Join(", ", members.Keys) + " }";
        return schema.Format ?? schema.Type?.ToString().ToLowerInvariant().Replace("null, ", "", StringComparison.Ordinal) ?? "any";
    }

    private static string Print(JsonNode? json) => json?.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) ?? "";

    /// <summary>For links to a call: <c>get-v1-session</c>.</summary>
    private static string AnchorOf(string method, string path) =>
        string.Join('-', $"{method}/{path}".ToLowerInvariant().Split(['/', '{', '}', '.'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Text between backticks stands as code.</summary>
    private static string Codes(string text) => string.Concat(text.Split('`').Select((part, i) => i % 2 == 0 ? part : $"<code>{part}</code>"));

    private static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");
}
