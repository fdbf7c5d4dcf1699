using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.OpenApi;
using Platform.Api.Binding;

namespace Platform.Api.Docs;

/// <summary>A call as a line of a shell, from what the OpenAPI document says of it.</summary>
internal static class CurlExample
{
    private const string Form = UrlEncodedForm.MediaType;

    /// <summary>Whoever shows it encodes it for HTML.</summary>
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(string method, string path, OpenApiOperation operation)
    {
        var line = new StringBuilder("curl");
        var (type, body) = operation.RequestBody?.Content?.Select(content => (content.Key, content.Value.Example)).FirstOrDefault() ?? default;
        if (method != (body is null ? "GET" : "POST")) line.Append(" -X ").Append(method);
        line.Append(" \"$PLATFORM").Append(path).Append('"');

        // Whatever takes a session or a key takes it as bearer.
        if (operation.Security is { Count: > 0 }) line.Append(" -H \"Authorization: Bearer $TOKEN\"");
        foreach (var header in operation.Parameters?.Where(parameter => parameter is { In: ParameterLocation.Header, Required: true }) ?? []) line.Append(" -H '").Append(header.Name).Append(": …'");
        if (body is null) return line.ToString();
        if (type != Form) line.Append(" -H 'Content-Type: ").Append(type).Append('\'');
        var text = type == Form ? string.Join('&', body.AsObject().Select(member => $"{member.Key}={member.Value}")) : body.ToJsonString(AsWritten);
        return line.Append(" -d '").Append(Quoted(text)).Append('\'').ToString();
    }

    /// <summary>Within single quotes of a shell.</summary>
    private static string Quoted(string text) => text.Replace("'", @"'\''", StringComparison.Ordinal);
}
