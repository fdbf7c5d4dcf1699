using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Platform.Api.Problems;

namespace Platform.Api.Docs;

/// <summary>The refusals of a call: an answer for each status, shared by all calls with the same codes, with an example for each code.</summary>
internal static class ProblemAnswers
{
    private const string Schema = "Problem";
    private const string MediaType = "application/problem+json";

    public static void Add(OpenApiOperation operation, IEnumerable<ProblemKind> kinds, OpenApiDocument document)
    {
        operation.Responses ??= [];
        foreach (var status in kinds.GroupBy(kind => kind.Status))
        {
            var name = string.Join("Or", status.Select(kind => string.Concat(kind.Code.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))));
            if (document.Components?.Responses?.ContainsKey(name) != true) document.AddComponent<IOpenApiResponse>(name, Answer([.. status], document));
            operation.Responses[status.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponseReference(name, document);
        }
    }

    public static void AddSchema(OpenApiDocument document) => document.AddComponent<IOpenApiSchema>(Schema, Problem());

    private static OpenApiResponse Answer(ProblemKind[] kinds, OpenApiDocument document) => new()
    {
        Description = string.Join(" ", kinds.Select(kind => $"`{kind.Code}`: {kind.Title}")),
        Headers = AnswerHeaders.Refer(document, kinds[0].Status switch
        {
            401 => [AnswerHeaders.Challenge],
            429 => [AnswerHeaders.RetryAfter, .. AnswerHeaders.OfLimits],
            503 => [AnswerHeaders.RetryAfter],
            _ => [],
        }),
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            [MediaType] = new()
            {
                Schema = new OpenApiSchemaReference(Schema, document),
                Examples = kinds.ToDictionary(kind => kind.Code, IOpenApiExample (kind) => new OpenApiExample { Value = Example(kind) }, StringComparer.Ordinal),
            },
        },
    };

    private static JsonObject Example(ProblemKind kind)
    {
        var problem = new JsonObject
        {
            ["type"] = kind.Type, ["title"] = kind.Title, ["status"] = kind.Status, ["code"] = kind.Code, ["traceId"] = "5b0c9e34a6b54b0c8c0d5b7a0f9f4f11",
        };
        if (kind == ProblemKind.InvalidRequest) problem["errors"] = new JsonArray(Fault("/username", "missing", "This member is needed."));
        if (kind == ProblemKind.PasswordPolicy) problem["errors"] = new JsonArray(Fault("/password", "no_digit", "The password needs a digit."));
        return problem;
    }

    private static JsonObject Fault(string pointer, string code, string detail) => new() { ["pointer"] = pointer, ["code"] = code, ["detail"] = detail };

    private static OpenApiSchema Problem() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "RFC 9457. `code` says what happened; `errors` names each fault of the input.",
        Required = new HashSet<string>(StringComparer.Ordinal) { "type", "title", "status", "code", "traceId" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["type"] = Text("Where the documentation explains the code.", "uri-reference"),
            ["title"] = Text("The code in a sentence."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Description = "The status of the answer." },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What happened, of a closed set.", Enum = [.. ProblemKind.All.Select(kind => (JsonNode)kind.Code)] },
            ["detail"] = Text("What to do in this case."),
            ["traceId"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9a-f]{32}$", Description = "Under this id the log tells more." },
            ["cookieKept"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "At a page's session only: whether the browser has sent back the cookie that an earlier answer set." },
            ["error"] = Text("At introspection only: the code of RFC 6749, 5.2, `invalid_client` or `invalid_request`."),
            ["errors"] = new OpenApiSchema { Type = JsonSchemaType.Array, Description = "Each fault of the input.", Items = Fault() },
        },
    };

    private static OpenApiSchema Fault() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string>(StringComparer.Ordinal) { "pointer", "code", "detail" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["pointer"] = Text("JSON pointer into the body, empty for the body itself or a header; ?name for a parameter of the query."),
            ["code"] = Text("What is wrong there."),
            ["detail"] = Text("What to send instead."),
        },
    };

    private static OpenApiSchema Text(string description, string? format = null) => new() { Type = JsonSchemaType.String, Description = description, Format = format };
}
