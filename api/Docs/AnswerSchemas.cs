using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;

namespace Platform.Api.Docs;

/// <summary>Says of the schemas of answers what the framework's do not: members that are absent instead of null, items of lists, one schema for a body with more and with fewer members.</summary>
internal static class AnswerSchemas
{
    public static void Tidy(OpenApiDocument document)
    {
        var schemas = document.Components!.Schemas!;
        foreach (var (name, known) in schemas.ToArray())
        {
            if (known is OpenApiSchema { AnyOf.Count: > 0, Discriminator: null } schema) Merge(schema, name, schemas);
        }

        foreach (var (name, known) in schemas)
        {
            if (known is not OpenApiSchema schema || SchemaNames.TypeOf(name) is not { } type) continue;
            TidyMembers(schema, type);
            RequireInherited(schema, type.Type, schemas);
        }
    }

    /// <summary>A body that has more members for some callers: those of the base, which all have, are required. The framework describes members of derived types as a whole, those of the base in part.</summary>
    private static void Merge(OpenApiSchema schema, string name, IDictionary<string, IOpenApiSchema> schemas)
    {
        var forms = schema.AnyOf!.OfType<OpenApiSchemaReference>().Select(form => (Id: form.Reference.Id!, Schema: schemas[form.Reference.Id!])).OrderBy(form => form.Schema.Properties!.Count).ToList();
        schema.Required = forms[0].Schema.Required;
        schema.Properties = forms.SelectMany(form => form.Schema.Properties!.Keys).Distinct(StringComparer.Ordinal)
            .ToDictionary(member => member, member => forms.Last(form => form.Schema.Properties!.ContainsKey(member)).Schema.Properties![member], StringComparer.Ordinal);
        schema.AnyOf = null;
        foreach (var form in forms) schemas.Remove(form.Id);
        foreach (var member in SchemaNames.TypeOf(name)?.PolymorphismOptions?.DerivedTypes ?? [])
        {
            TidyMembers(schema, SchemaNames.TypeOf(name)!.Options.GetTypeInfo(member.DerivedType));
        }
    }

    private static void TidyMembers(OpenApiSchema schema, JsonTypeInfo type)
    {
        foreach (var member in type.Properties)
        {
            if (schema.Properties?.TryGetValue(member.Name, out var described) != true) continue;
            if ((Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType) == typeof(JsonElement)) schema.Properties[member.Name] = described = new OpenApiSchema { Description = described!.Description };
            if (IsAbsentInsteadOfNull(member))
            {
                schema.Properties[member.Name] = described = WithoutNull(described!);
                schema.Required?.Remove(member.Name);
            }
            else if (described is { OneOf: { Count: 2 } either } && either.FirstOrDefault(one => one.Type == JsonSchemaType.String) is { Enum: not { Count: > 0 } } id)
            {
                // An id or null: generators of code make a class of its own of the framework's "one of the two".
                schema.Properties[member.Name] = described = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Pattern = id.Pattern, Description = described.Description };
            }

            if (described is OpenApiSchema { Items: null, Type: { } kind } list && kind.HasFlag(JsonSchemaType.Array)) list.Items = ItemsOf(member.PropertyType, type);
        }
    }

    /// <summary>What a base requires, its derived types have, too.</summary>
    private static void RequireInherited(OpenApiSchema schema, Type type, IDictionary<string, IOpenApiSchema> schemas)
    {
        for (var parent = type.BaseType; parent is not null && parent != typeof(object); parent = parent.BaseType)
        {
            if (!schemas.TryGetValue(SchemaNames.OfAnswer(parent), out var inherited)) continue;
            schema.Required = (schema.Required ?? new HashSet<string>()).Union(inherited.Required ?? new HashSet<string>(), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        }
    }

    private static bool IsAbsentInsteadOfNull(JsonPropertyInfo member) =>
        member.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }];

    private static IOpenApiSchema WithoutNull(IOpenApiSchema schema)
    {
        if (schema is { OneOf: { Count: 2 } either } && either.FirstOrDefault(one => one.Type != JsonSchemaType.Null) is { } other) return other;
        if (schema is OpenApiSchema { Type: { } type } own) own.Type = type & ~JsonSchemaType.Null;
        return schema;
    }

    private static OpenApiSchema ItemsOf(Type list, JsonTypeInfo owner) =>
        owner.Options.GetTypeInfo(list).ElementType is { IsEnum: true } closedSet
            ? new OpenApiSchema { Type = JsonSchemaType.String, Enum = SchemaDescription.Names(closedSet) }
            : new OpenApiSchema { Type = JsonSchemaType.String };
}
