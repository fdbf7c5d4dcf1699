using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Platform.Api.Json;

/// <summary>How bodies are read. Apart from how answers are written, so that the document does not promise that answers never get new members.</summary>
internal static class StrictJson
{
    /// <param name="answers">Names, converters and depth, which hold both ways.</param>
    public static JsonSerializerOptions Of(JsonSerializerOptions answers)
    {
        var strict = new JsonSerializerOptions(answers)
        {
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        };
        strict.TypeInfoResolver = (answers.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(RefuseNulls);
        strict.MakeReadOnly();
        return strict;
    }

    /// <summary>Refuses null where annotations do not help: in a required member of any JSON, and in items of lists.</summary>
    private static void RefuseNulls(JsonTypeInfo type)
    {
        foreach (var member in type.Properties)
        {
            if (member.Set is not { } set) continue;
            if (member is { IsRequired: true } && member.PropertyType == typeof(JsonElement))
            {
                member.Set = (body, value) => set(body, value is JsonElement { ValueKind: JsonValueKind.Null } ? throw new JsonException() : value);
            }
            else if (member.PropertyType.IsArray)
            {
                member.Set = (body, value) => set(body, value is object?[] items && Array.IndexOf(items, null) >= 0 ? throw new JsonException() : value);
            }
        }
    }
}
