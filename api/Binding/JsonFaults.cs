using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Platform.Api.Binding;

/// <summary>Says what is wrong with a body that was refused: each unknown, missing and wrong member with its pointer, up to <see cref="UnknownName.MaxErrors"/>.</summary>
internal sealed class JsonFaults
{
    private readonly ImmutableArray<InputError>.Builder _errors = ImmutableArray.CreateBuilder<InputError>();

    private JsonFaults() { }

    private bool IsFull => _errors.Count >= UnknownName.MaxErrors;

    /// <returns>Never empty: what is refused without a fault that this knows is malformed.</returns>
    public static ImmutableArray<InputError> Find(ReadOnlySequence<byte> json, JsonTypeInfo type)
    {
        var faults = new JsonFaults();
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = type.Options.MaxDepth, AllowDuplicateProperties = false });
            faults.CheckObject(document.RootElement, type, "");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // Invalid operation is how the reader reports text that is not Unicode, such as half of a surrogate pair.
            faults._errors.Clear();
        }

        if (faults._errors.Count == 0) faults._errors.Add(new("", "malformed", "The body is not a well-formed JSON object without duplicate members."));
        return faults._errors.ToImmutable();
    }

    private void Check(JsonElement value, JsonTypeInfo type, string pointer)
    {
        if (type.Kind == JsonTypeInfoKind.Object) CheckObject(value, type, pointer);
        else if (value.ValueKind == JsonValueKind.Array && type.ElementType is { } items) CheckItems(value, type.Options.GetTypeInfo(items), pointer);
        else CheckValue(value, type, pointer);
    }

    /// <summary>A null member counts as missing.</summary>
    private void CheckObject(JsonElement value, JsonTypeInfo type, string pointer)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Add(pointer, "wrong_type", "Expected an object.");
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (IsFull) return;
            if (!type.Properties.Any(known => member.NameEquals(known.Name))) _errors.Add(UnknownName.Member(pointer, member.Name, [.. type.Properties.Select(known => known.Name)]));
        }

        foreach (var known in type.Properties)
        {
            var at = $"{pointer}/{known.Name}";
            if (value.TryGetProperty(known.Name, out var member) && member.ValueKind != JsonValueKind.Null) Check(member, type.Options.GetTypeInfo(known.PropertyType), at);
            else if (known.IsRequired) Add(at, "missing", "This member is needed.");
        }
    }

    private void CheckItems(JsonElement value, JsonTypeInfo type, string pointer)
    {
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (IsFull) return;
            var at = $"{pointer}/{index++}";
            if (item.ValueKind == JsonValueKind.Null) Add(at, "wrong_type", Describe(type));
            else Check(item, type, at);
        }
    }

    private void CheckValue(JsonElement value, JsonTypeInfo type, string pointer)
    {
        try
        {
            value.Deserialize(type);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            Add(pointer, "wrong_type", Describe(type));
        }
    }

    private void Add(string pointer, string code, string detail)
    {
        if (!IsFull) _errors.Add(new(pointer, code, detail));
    }

    private static string Describe(JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Object) return "Expected an object.";
        var value = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (value.IsEnum) return $"Expected one of {string.Join(", ", Enum.GetNames(value).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}.";
        if (value == typeof(string)) return "Expected a string of valid Unicode text.";
        if (value == typeof(bool)) return "Expected true or false.";
        if (value.IsArray) return "Expected a list.";
        if (value == typeof(DateOnly)) return "Expected a date such as 2030-01-31.";
        if (value == typeof(DateTimeOffset)) return "Expected an RFC 3339 time such as 2030-01-31T12:00:00Z.";
        return value == typeof(TimeSpan) ? "Expected an ISO 8601 duration such as PT30M." : "The value has another type or form.";
    }
}
