using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Api.Browser;
using Platform.Api.Problems;

namespace Platform.Api.Docs;

/// <summary>The parts of the document that are the same for every call: title, ways to sign in, the problem document with its closed set of codes.</summary>
internal static class DocumentDescription
{
    public const string ProblemSchema = "Problem";
    public const string CookieScheme = "cookie";
    public const string BearerScheme = "bearer";
    public const string ApiKeyScheme = "apiKey";
    public const string ClientSecretScheme = "clientSecret";
    public const string PageCookieScheme = "pageCookie";

    public static Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Session and tenant platform",
            Version = "1",
            Description =
                "JSON is camelCase, times are RFC 3339 in UTC, durations ISO 8601. Unknown members of a body and unknown parameters of the query are refused with 400, with the nearest right name; "
                + "answers may get new members. Errors are problem documents (RFC 9457) with a code of a closed set. Unknown, foreign and forbidden things answer 404 alike.",
        };

        // Relative: the document does not repeat what a Host header claims.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [CookieScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = SessionCookie.Name,
                Description = "Set by sign-in with transport 'cookie'. Unsafe calls from other sites are refused.",
            },
            [BearerScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The token that sign-in with transport 'token' answers. Counts before the cookie.",
            },
            [PageCookieScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = PageCookie.Name,
                Description = "Set by sign-in from a page with transport 'cookie', partitioned by the page's site. Good from the page's origin and through its snippet only.",
            },
            [ApiKeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key of the tenant (platform_sk_…) with the scope that the call names. Never in a cookie or an address.",
            },
            [ClientSecretScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "basic",
                Description = "client_secret_basic of RFC 6749: the id of an API key (key_…) and the key, both form-urlencoded.",
            },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        document.Components.Schemas[ProblemSchema] = Problem();
        return Task.CompletedTask;
    }

    private static OpenApiSchema Problem() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "RFC 9457. `code` says what happened; `errors` names each fault of the input.",
        Required = new HashSet<string>(StringComparer.Ordinal) { "type", "title", "status", "code", "traceId" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri-reference" },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["code"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [.. ProblemKind.All.Select(kind => (JsonNode)kind.Code)],
            },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["traceId"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9a-f]{32}$" },
            ["error"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "At introspection only: the code of RFC 6749, 5.2, `invalid_client` or `invalid_request`." },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string>(StringComparer.Ordinal) { "pointer", "code", "detail" },
                    Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                    {
                        ["pointer"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "JSON pointer into the body, empty for the body itself or a header; ?name for a parameter of the query." },
                        ["code"] = new OpenApiSchema { Type = JsonSchemaType.String },
                        ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String },
                    },
                },
            },
        },
    };
}
