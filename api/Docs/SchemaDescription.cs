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
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(TimeSpan)) Describe(schema, format: "duration", example: "PT30M");
        else if (type == typeof(DateTimeOffset)) Describe(schema, format: "date-time", example: "2030-01-31T12:00:00Z");
        else if (type.IsEnum) Describe(schema).Enum = [.. Enum.GetNames(type).Select(name => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(name))];
        else if (Prefix(type) is { } prefix) Describe(schema).Pattern = $"^{prefix}[0-9a-f]{{32}}$";
        return Task.CompletedTask;
    }

    private static OpenApiSchema Describe(OpenApiSchema schema, string? format = null, string? example = null)
    {
        schema.Type = JsonSchemaType.String;
        schema.Format = format;
        if (example is not null) schema.Examples = [example];
        return schema;
    }

    private static string? Prefix(Type type) => type.Name switch
    {
        nameof(TenantId) => TenantId.Prefix,
        nameof(UserId) => UserId.Prefix,
        nameof(SessionId) => SessionId.Prefix,
        nameof(ScenarioId) => ScenarioId.Prefix,
        nameof(ErasureId) => ErasureId.Prefix,
        nameof(CommentId) => CommentId.Prefix,
        nameof(SupportGrantId) => SupportGrantId.Prefix,
        nameof(VulnerabilityReportId) => VulnerabilityReportId.Prefix,
        _ => null,
    };
}
