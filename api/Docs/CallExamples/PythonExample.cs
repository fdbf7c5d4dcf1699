using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Api.Docs.CallExamples;

/// <summary>A call with Python's own library.</summary>
internal static class PythonExample
{
    private const string Step = "    ";

    public static string Of(ExampleCall call)
    {
        var headers = new List<string>();
        if (call.TakesCredential) headers.Add("\"Authorization\": f\"Bearer {token}\"");
        headers.AddRange(call.Headers.Select(header => $"{Text(header.Name)}: {Text(header.Value)}"));
        if (call is { Body: not null, IsForm: false }) headers.Add($"\"Content-Type\": \"{call.MediaType}\"");
        var text = new StringBuilder($"request = Request(platform + \"{call.Path}\", method=\"{call.Method}\"");
        if (headers.Count > 0) text.Append(CultureInfo.InvariantCulture, $", headers={{{string.Join(", ", headers)}}}");
        text.Append(')');
        if (call.Body is not null) text.Append(call.IsForm ? $"\nrequest.data = urlencode({Literal(call.Body, "")}).encode()" : $"\nrequest.data = json.dumps({Literal(call.Body, "")}).encode()");
        return text.Append("\nwith urlopen(request) as answer:\n    print(answer.status, answer.read())").ToString();
    }

    private static string Literal(JsonNode? node, string indent) => node switch
    {
        JsonObject { Count: 0 } => "{}",
        JsonObject members => $"{{\n{string.Concat(members.Select(member => $"{indent}{Step}{Text(member.Key)}: {Literal(member.Value, indent + Step)},\n"))}{indent}}}",
        JsonArray items => $"[{string.Join(", ", items.Select(item => Literal(item, indent)))}]",
        JsonValue value when value.GetValueKind() == JsonValueKind.True => "True",
        JsonValue value when value.GetValueKind() == JsonValueKind.False => "False",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Text(value.GetValue<string>()),
        null => "None",
        _ => node.ToJsonString(),
    };

    /// <summary>JSON's escapes are Python's, too.</summary>
    private static string Text(string value) => JsonSerializer.Serialize(value);
}
