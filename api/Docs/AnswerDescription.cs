using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.RateLimiting;

namespace Platform.Api.Docs;

/// <summary>The good answers of a call: status, media types, headers. Their examples come once all schemas are known (<see cref="Examples"/>).</summary>
internal static class AnswerDescription
{
    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["200"] = "Done; the body is the answer.",
        ["201"] = "Made; the body shows it.",
        ["202"] = "Taken on; it is done soon.",
        ["204"] = "Done; there is no body.",
        ["304"] = "Not changed since the version that `If-None-Match` names.",
        ["503"] = "Not ready; the body says what is missing.",
    };

    public static void Complete(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document)
    {
        operation.Responses ??= [];
        SetStatuses(operation.Responses, metadata);
        foreach (var (status, answer) in operation.Responses)
        {
            var response = (OpenApiResponse)answer;
            response.Description = Descriptions[status];
            if (status != "304") AddMedia(response, metadata);
            response.Headers = AnswerHeaders.Refer(document, Headers(status, metadata));
        }
    }

    /// <summary>Where the endpoint says its statuses, those count: the framework adds 200 to calls that write their answer by themselves.</summary>
    private static void SetStatuses(OpenApiResponses responses, IList<object> metadata)
    {
        var said = metadata.OfType<IProducesResponseTypeMetadata>().Select(answer => answer.StatusCode.ToString(CultureInfo.InvariantCulture)).ToHashSet(StringComparer.Ordinal);
        if (said.Count == 0) return;
        foreach (var status in responses.Keys.Where(status => !said.Contains(status)).ToArray()) responses.Remove(status);
        foreach (var status in said) responses.TryAdd(status, new OpenApiResponse());
    }

    private static void AddMedia(OpenApiResponse response, IList<object> metadata)
    {
        foreach (var type in metadata.OfType<AnswerMetadata>().SelectMany(answer => answer.MediaTypes))
        {
            response.Content ??= new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal);
            response.Content.TryAdd(type, new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = IsText(type) ? null : "binary" } });
        }
    }

    private static bool IsText(string mediaType) => mediaType.StartsWith("text/", StringComparison.Ordinal) || mediaType.EndsWith("json", StringComparison.Ordinal);

    private static IEnumerable<string> Headers(string status, IList<object> metadata)
    {
        if (!metadata.OfType<NoRateLimitMetadata>().Any())
        {
            foreach (var name in AnswerHeaders.OfLimits) yield return name;
        }

        if (status == "201") yield return "Location";
        if (metadata.OfType<SetsCookie>().Any()) yield return "Set-Cookie";
        foreach (var name in metadata.OfType<AnswerMetadata>().SelectMany(answer => answer.Headers)) yield return name;
    }
}
