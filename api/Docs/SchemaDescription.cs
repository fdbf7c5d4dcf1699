using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Platform.Api.Docs;

/// <summary>Schemas of what our own converters write: ids, times, durations and names of closed sets.</summary>
internal static class SchemaDescription
{
    public static Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var declared = context.JsonTypeInfo.Type;
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        var nullable = type != declared && (type == typeof(TimeSpan) || type == typeof(DateTimeOffset));
        if (type == typeof(TimeSpan)) Describe(schema, nullable, format: "duration", example: "PT30M");
        else if (type == typeof(DateTimeOffset)) Describe(schema, nullable, format: "date-time", example: Examples.Time);
        else if (type.IsEnum) Describe(schema).Enum = Names(type);
        else if (Prefix(type) is { } prefix) Describe(schema).Pattern = $"^{prefix}[0-9a-f]{{32}}$";
        return Task.CompletedTask;
    }

    public static List<JsonNode> Names(Type closedSet) => [.. Enum.GetNames(closedSet).Select(name => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(name))];

    private static OpenApiSchema Describe(OpenApiSchema schema, bool nullable = false, string? format = null, string? example = null)
    {
        schema.Type = nullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        schema.Format = format;
        if (example is not null) schema.Examples = [example];
        return schema;
    }

    private static string? Prefix(Type type) => type.Name switch
    {
        nameof(TenantId) => TenantId.Prefix,
        nameof(UserId) => UserId.Prefix,
        nameof(SessionId) => SessionId.Prefix,
        nameof(ApiKeyId) => ApiKeyId.Prefix,
        nameof(ScenarioId) => ScenarioId.Prefix,
        nameof(ErasureId) => ErasureId.Prefix,
        nameof(CommentId) => CommentId.Prefix,
        nameof(SupportGrantId) => SupportGrantId.Prefix,
        nameof(VulnerabilityReportId) => VulnerabilityReportId.Prefix,
        _ => null,
    };
}
