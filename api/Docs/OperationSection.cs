using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using Platform.Api.Docs.CallExamples;

namespace Platform.Api.Docs;

/// <summary>What <c>/docs</c> says of one call.</summary>
internal static partial class OperationSection
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Language, Func<ExampleCall, string> Write)[] Languages =
        [("curl", CurlExample.Of), ("TypeScript", TypeScriptExample.Of), ("C#", CSharpExample.Of), ("Python", PythonExample.Of)];

    public static void Render(StringBuilder html, DescribedCall call)
    {
        html.Append(CultureInfo.InvariantCulture, $"<section id=\"{call.Anchor}\"><h3><code>{call.Method} {PageStyle.Encode(call.Path)}</code> <a href=\"#{call.Anchor}\" aria-label=\"Link to this call\">#</a></h3>");
        html.Append(CultureInfo.InvariantCulture, $"<p><strong>{PageStyle.Encode(call.Operation.Summary)}.</strong> {Codes(call.Operation.Description)}</p>");
        RenderParameters(html, call.Operation.Parameters ?? []);
        foreach (var body in call.Operation.RequestBody?.Content?.Values ?? [])
        {
            html.Append("<details><summary>Body</summary>");
            RenderMembers(html, body.Schema);
            html.Append("</details>");
        }

        RenderExamples(html, call);
        html.Append("<table><tr><th>Answer</th><th></th></tr>");
        foreach (var (status, answer) in call.Operation.Responses ?? []) RenderAnswer(html, status, answer);
        html.Append("</table></section>");
    }

    private static void RenderParameters(StringBuilder html, IList<IOpenApiParameter> parameters)
    {
        if (parameters.Count == 0) return;
        html.Append("<table><tr><th>Parameter</th><th>In</th><th></th></tr>");
        foreach (var parameter in parameters)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td><code>{PageStyle.Encode(parameter.Name)}</code></td><td>{parameter.In?.ToString().ToLowerInvariant()}</td><td>{Codes(parameter.Description)}</td></tr>");
        }

        html.Append("</table>");
    }

    /// <summary>One of the four shows, by a radio button and the style sheet: it needs no script.</summary>
    private static void RenderExamples(StringBuilder html, DescribedCall call)
    {
        var example = ExampleCall.Of(call);
        html.Append("<div class=\"tabs\" role=\"group\" aria-label=\"Example\">");
        for (var i = 0; i < Languages.Length; i++)
        {
            var id = $"{call.Anchor}-{(char)('a' + i)}";
            html.Append(CultureInfo.InvariantCulture, $"<input type=\"radio\" name=\"{call.Anchor}-l\" id=\"{id}\"{(i == 0 ? " checked" : "")}><label for=\"{id}\">{Languages[i].Language}</label>");
        }

        foreach (var (_, write) in Languages) html.Append("<pre>").Append(PageStyle.Encode(write(example))).Append("</pre>");
        html.Append("</div>");
    }

    private static void RenderAnswer(StringBuilder html, string status, IOpenApiResponse answer)
    {
        html.Append(CultureInfo.InvariantCulture, $"<tr><td>{status}</td><td>{Linked(Codes(answer.Description))}");
        if (status[0] == '2')
        {
            var types = answer.Content?.Keys.Where(type => type != "application/json").ToList() ?? [];
            if (types.Count > 0) html.Append(CultureInfo.InvariantCulture, $" As <code>{string.Join("</code> or <code>", types)}</code>.");
            var own = answer.Headers?.Keys.Except(AnswerHeaders.OfLimits, StringComparer.Ordinal).ToList() ?? [];
            if (own.Count > 0) html.Append(CultureInfo.InvariantCulture, $" Headers: <code>{string.Join("</code>, <code>", own)}</code>.");
            if (answer.Content?.TryGetValue("application/json", out var json) == true)
            {
                RenderForms(html, json.Schema!);
                if (json.Example is { } example) html.Append("<details><summary>Example answer</summary><pre>").Append(PageStyle.Encode(Print(example))).Append("</pre></details>");
            }
        }

        html.Append("</td></tr>");
    }

    /// <summary>Of an answer with several forms, each.</summary>
    private static void RenderForms(StringBuilder html, IOpenApiSchema schema)
    {
        foreach (var form in schema.OneOf is { Count: > 0 } forms ? forms : [schema])
        {
            html.Append("<details><summary>Members").Append(form == schema ? "" : $" where <code>status</code> is <code>{form.Properties!["status"].Enum![0]}</code>").Append("</summary>");
            RenderMembers(html, form);
            html.Append("</details>");
        }
    }

    private static void RenderMembers(StringBuilder html, IOpenApiSchema? schema)
    {
        if (schema?.Description is { } description) html.Append("<p>").Append(Codes(description)).Append("</p>");
        if (schema?.Properties is not { Count: > 0 } members) return;
        html.Append("<ul>");
        foreach (var (name, member) in members)
        {
            html.Append(CultureInfo.InvariantCulture, $"<li><code>{PageStyle.Encode(name)}</code>{(schema.Required?.Contains(name) == true ? "" : "?")} {PageStyle.Encode(Kind(member))}{(member.Description is { } about ? ": " + Codes(about) : "")}</li>");
        }

        html.Append("</ul>");
    }

    private static string Kind(IOpenApiSchema schema)
    {
        if (schema.Enum is { Count: > 0 } names) return string.Join(" | ", names.Select(name => name?.ToString()));
        if (schema.OneOf?.FirstOrDefault(one => one.Type != JsonSchemaType.Null) is { } other) return Kind(other) + " or null";
        var orNull = schema.Type?.HasFlag(JsonSchemaType.Null) == true ? " or null" : "";
        if (schema.Items is { } items) return "list of " + Kind(items) + orNull;
        if (schema.Properties is { Count: > 0 } members) return "{ " + string.Join(", ", members.Keys) + " }";
        return (schema.Format ?? (schema.Type & ~JsonSchemaType.Null)?.ToString().ToLowerInvariant() ?? "any") + orNull;
    }

    private static string Print(JsonNode json) => json.ToJsonString(Readable);

    /// <summary>Text between backticks stands as code.</summary>
    private static string Codes(string? text) => string.Concat(PageStyle.Encode(text).Split('`').Select((part, i) => i % 2 == 0 ? part : $"<code>{part}</code>"));

    /// <summary>A code of a problem leads to what it means.</summary>
    private static string Linked(string html) => Code().Replace(html, "<a href=\"#${code}\"><code>${code}</code></a>:");

    [GeneratedRegex("<code>(?<code>[a-z_]+)</code>:", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Code();
}
