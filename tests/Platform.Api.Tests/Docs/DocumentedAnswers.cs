using System.Text.RegularExpressions;

namespace Platform.Api.Tests.Docs;

/// <summary>Compares what a host answers with what its OpenAPI document says: status, media type, and each member of a JSON body.</summary>
internal sealed class DocumentedAnswers(JsonElement document, IReadOnlyList<ApiOperation> operations)
{
    public static async Task<DocumentedAnswers> ReadAsync(PlatformHost host) => new(await host.ReadDocumentAsync(), await host.ReadOperationsAsync());

    /// <returns>What the document does not say; nothing where all fits.</returns>
    public IReadOnlyList<string> FaultsOf(string method, string path, Answer answer)
    {
        var call = new NamedCall("", method, path.Split('?')[0]);
        if (operations.FirstOrDefault(call.Is) is not { } operation) return [$"{method} {path} is no operation."];
        var status = ((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!operation.Json.GetProperty("responses").TryGetProperty(status, out var described)) return [$"{operation} answers {status}, which is not documented."];
        if (!described.TryGetProperty("content", out var content)) return answer.Text.Length == 0 ? [] : [$"{operation} {status} has a body."];
        if (!content.TryGetProperty(answer.ContentType!, out var media)) return [$"{operation} {status} is {answer.ContentType}."];
        return answer.ContentType!.EndsWith("json", StringComparison.Ordinal) ? [.. Faults(media.GetProperty("schema"), answer.Json, $"{operation} {status} ")] : [];
    }

    private IEnumerable<string> Faults(JsonElement schema, JsonElement value, string at)
    {
        if (schema.TryGetProperty("$ref", out var reference)) return Faults(reference.GetString()!.Split('/').Skip(1).Aggregate(document, (inner, step) => inner.GetProperty(step)), value, at);
        if (schema.TryGetProperty("oneOf", out var forms)) return forms.EnumerateArray().Count(form => !Faults(form, value, at).Any()) == 1 ? [] : [$"{at} is not one of its forms: {value}"];
        if (schema.TryGetProperty("type", out var type) && !Types(type).Contains(TypeOf(value))) return [$"{at} is {TypeOf(value)}, not {type}."];
        if (schema.TryGetProperty("enum", out var names) && !names.EnumerateArray().Any(name => name.ToString() == value.ToString())) return [$"{at} is {value}, which is none of {names}."];
        if (schema.TryGetProperty("pattern", out var pattern) && value.ValueKind == JsonValueKind.String && !Regex.IsMatch(value.GetString()!, pattern.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1))) return [$"{at} is {value}, which is not {pattern}."];
        if (value.ValueKind == JsonValueKind.Array) return schema.TryGetProperty("items", out var items) ? value.EnumerateArray().SelectMany((item, index) => Faults(items, item, $"{at}/{index}")) : schema.TryGetProperty("type", out _) ? [$"{at} has items that are not documented."] : [];
        return value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var members) ? MemberFaults(schema, members, value, at) : [];
    }

    private IEnumerable<string> MemberFaults(JsonElement schema, JsonElement members, JsonElement value, string at)
    {
        var missing = schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)) : [];
        return missing.Select(name => $"{at}/{name} is missing.").Concat(value.EnumerateObject().SelectMany(member =>
            members.TryGetProperty(member.Name, out var known) ? Faults(known, member.Value, $"{at}/{member.Name}") : [$"{at}/{member.Name} is not documented."]));
    }

    private static IEnumerable<string> Types(JsonElement type) => type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
