using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Net.Http.Headers;

namespace Platform.Api.Http;

/// <summary>Reads a JSON object strictly (threats T65, T90): one media type, no compression, no duplicate members, bounded depth and size.</summary>
internal static class JsonInput
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public static async ValueTask<(T? Value, Problem? Problem)> ReadAsync<T>(HttpRequest request, JsonSerializerOptions options, CancellationToken cancellationToken)
        where T : class
    {
        if (!IsPlainJson(request.Headers)) return (null, new Problem(ProblemKind.UnsupportedMediaType));
        var reader = request.BodyReader;
        var limit = BodyLimit.Of(request.HttpContext);
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > limit)
            {
                // Where a length was declared, it was refused before this.
                reader.AdvanceTo(read.Buffer.End);
                return (null, new Problem(ProblemKind.BodyTooLarge));
            }

            if (read.IsCompleted)
            {
                Idempotency.Note(request.HttpContext, read.Buffer);
                var parsed = Parse<T>(read.Buffer, options);
                reader.AdvanceTo(read.Buffer.End);
                return parsed;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool IsPlainJson(IHeaderDictionary headers) =>
        headers.ContentEncoding.Count == 0
        && headers.ContentType.Count == 1
        && MediaTypeHeaderValue.TryParse(headers.ContentType[0], out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));

    private static (T? Value, Problem? Problem) Parse<T>(ReadOnlySequence<byte> json, JsonSerializerOptions options) where T : class
    {
        var errors = new List<InputError>();
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            Check(document.RootElement, options.GetTypeInfo(typeof(T)), "", errors);
            if (errors.Count == 0) return (document.RootElement.Deserialize((JsonTypeInfo<T>)options.GetTypeInfo(typeof(T))), null);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // Invalid operation is how the reader reports text that is not Unicode, such as half of a surrogate pair.
            errors.Add(new("", "malformed", "The body is not a well-formed JSON object without duplicate members."));
        }

        return (null, new Problem(ProblemKind.InvalidRequest) { Errors = [.. errors] });
    }

    /// <summary>Names every missing and every wrong member at once. A null member counts as missing.</summary>
    private static void Check(JsonElement element, JsonTypeInfo type, string pointer, List<InputError> errors)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new(pointer, "wrong_type", "Expected an object."));
            return;
        }

        foreach (var member in type.Properties)
        {
            var at = $"{pointer}/{member.Name}";
            if (!element.TryGetProperty(member.Name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                if (member.IsRequired) errors.Add(new(at, "missing", "This member is needed."));
                continue;
            }

            var memberType = type.Options.GetTypeInfo(member.PropertyType);
            if (memberType.Kind == JsonTypeInfoKind.Object) Check(value, memberType, at, errors);
            else if (value.ValueKind == JsonValueKind.Array && memberType.ElementType is { } elements && type.Options.GetTypeInfo(elements) is { Kind: JsonTypeInfoKind.Object } each)
            {
                var index = 0;
                foreach (var item in value.EnumerateArray()) Check(item, each, $"{at}/{index++}", errors);
            }
            else CheckValue(value, memberType, at, errors);
        }
    }

    private static void CheckValue(JsonElement value, JsonTypeInfo type, string pointer, List<InputError> errors)
    {
        try
        {
            value.Deserialize(type);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            errors.Add(new(pointer, "wrong_type", Describe(type.Type)));
        }
    }

    private static string Describe(Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (value.IsEnum) return $"Expected one of {string.Join(", ", Enum.GetNames(value).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}.";
        if (value == typeof(string)) return "Expected a string of valid Unicode text.";
        if (value == typeof(bool)) return "Expected true or false.";
        return value == typeof(TimeSpan) ? "Expected an ISO 8601 duration such as PT30M." : "The value has another type or form.";
    }
}
