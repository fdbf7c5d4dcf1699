using System.Text;
using System.Text.Json;

namespace Platform.Api.Docs.CallExamples;

/// <summary>A call of openapi-fetch, which knows every type from the OpenAPI document.</summary>
internal static class TypeScriptExample
{
    public static string Of(ExampleCall call)
    {
        var options = new List<string>();
        string[] parts =
        [
            .. call.Places.Count > 0 ? [$"path: {Object(call.Places)}"] : Array.Empty<string>(),
            .. call.Headers.Count > 0 ? [$"header: {Object(call.Headers)}"] : Array.Empty<string>(),
        ];
        if (parts.Length > 0) options.Add($"params: {{ {string.Join(", ", parts)} }}");
        if (call.IsForm) options.Add($"headers: {{ \"Content-Type\": \"{call.MediaType}\" }}");
        if (call.Body is not null) options.Add($"body: {call.BodyLines.Replace("\n", "\n  ", StringComparison.Ordinal)}");
        if (!call.AnswersJson) options.Add(call.AnswersBytes ? "parseAs: \"blob\"" : "parseAs: \"text\"");
        var text = new StringBuilder("const { data, error } = await platform.").Append(call.Method).Append("(\"").Append(call.Template).Append('"');
        if (options.Count > 0) text.Append(", {\n  ").AppendJoin(",\n  ", options).Append(",\n}");
        return text.Append(");").ToString();
    }

    private static string Object(IEnumerable<(string Name, string Value)> members) =>
        $"{{ {string.Join(", ", members.Select(member => $"{(member.Name.All(char.IsLetter) ? member.Name : Text(member.Name))}: {Text(member.Value)}"))} }}";

    private static string Text(string value) => JsonSerializer.Serialize(value);
}
