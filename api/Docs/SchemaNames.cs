using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Platform.Api.Paging;

namespace Platform.Api.Docs;

/// <summary>Names of schemas as clients have use for: <c>User</c>, <c>UserList</c> and <c>NewUserRequest</c> for what the code calls a body.</summary>
internal static class SchemaNames
{
    private const string Suffix = "Body";

    private static readonly ConcurrentDictionary<string, JsonTypeInfo> Types = new(StringComparer.Ordinal);

    /// <summary>Null where the schema stands where it is used.</summary>
    public static string? Of(JsonTypeInfo type)
    {
        if ((Nullable.GetUnderlyingType(type.Type) ?? type.Type) == typeof(JsonElement) || OpenApiOptions.CreateDefaultSchemaReferenceId(type) is null) return null;
        var name = Of(type.Type);
        Types[name] = type;
        return name;
    }

    public static string OfBody(Type type) => Of(type) + "Request";

    /// <inheritdoc cref="Of(JsonTypeInfo)"/>
    public static string OfAnswer(Type type) => Of(type);

    /// <summary>Null for a name that this made for no type.</summary>
    public static JsonTypeInfo? TypeOf(string name) => Types.GetValueOrDefault(name);

    private static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return Of(value);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ListBody<>)) return Of(type.GenericTypeArguments[0]) + "List";
        return type.Name.EndsWith(Suffix, StringComparison.Ordinal) ? type.Name[..^Suffix.Length] : type.Name;
    }
}
