using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Json;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Sessions;
using Platform.Api.Snippets;

namespace Platform.Api.Docs;

/// <summary>Documents body, parameters, sign-in and refusals of a call from what its endpoint requires, so that the document cannot drift from the code.</summary>
internal static class OperationDescription
{
    public static async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        var kinds = new SortedSet<ProblemKind>(Comparer<ProblemKind>.Create((a, b) => (a.Status, a.Code).CompareTo((b.Status, b.Code))));
        kinds.UnionWith(metadata.OfType<RefusalMetadata>().SelectMany(refusals => refusals.Kinds));

        if (metadata.OfType<JsonBodyMetadata>().FirstOrDefault() is { } body)
        {
            var schema = await context.GetOrCreateSchemaAsync(body.Type, parameterDescription: null, cancellationToken);
            Close(schema);
            operation.RequestBody = Body(body.Type, schema);
            kinds.UnionWith([ProblemKind.InvalidRequest, ProblemKind.BodyTooLarge, ProblemKind.UnsupportedMediaType]);
        }

        if (metadata.OfType<TokenFormMetadata>().Any())
        {
            operation.RequestBody = TokenForm();
            kinds.UnionWith([ProblemKind.InvalidRequest, ProblemKind.BodyTooLarge, ProblemKind.UnsupportedMediaType]);
        }

        if (metadata.OfType<PagedMetadata>().Any()) operation.Parameters = [.. operation.Parameters ?? [], .. Paging()];

        if (metadata.OfType<VersionedMetadata>().Any()) operation.Parameters = [.. operation.Parameters ?? [], IfMatchHeader()];
        operation.Parameters = [.. operation.Parameters ?? [], .. metadata.OfType<QueryMetadata>().Select(Query)];

        var route = context.Description.RelativePath ?? "";
        if (route.Contains("{id}", StringComparison.Ordinal)) AddPathParameter(operation, "id", "Id, such as usr_… or ses_….");
        if (route.Contains("{name}", StringComparison.Ordinal)) AddPathParameter(operation, "name", "Name of a role, or of a notification template.");
        if (route.Contains("{language}", StringComparison.Ordinal)) AddPathParameter(operation, "language", "en or de.");
        if (route.Contains("{domain}", StringComparison.Ordinal)) AddPathParameter(operation, "domain", "Host name, such as www.example.com; international names in any form.");
        if (route.Contains("{hash}", StringComparison.Ordinal)) AddPathParameter(operation, "hash", "SHA-256 in lower-case hex.");
        if (route.Contains("{number}", StringComparison.Ordinal)) AddPathParameter(operation, "number", "Of an attachment, from 1.");
        if (route.Contains("{userId}", StringComparison.Ordinal)) AddPathParameter(operation, "userId", "Id of a user.");
        if (route.Contains("{tenant}", StringComparison.Ordinal)) AddPathParameter(operation, "tenant", "Slug or id.");
        if (route.Contains("{id}", StringComparison.Ordinal) || route.Contains("{name}", StringComparison.Ordinal)) kinds.Add(ProblemKind.NotFound);
        var isForPages = metadata.OfType<PageRequirement>().Any();
        var needsSession = !isForPages && (metadata.OfType<SessionRequirement>().Any() || kinds.Contains(ProblemKind.SessionInvalid));
        if (isForPages && kinds.Contains(ProblemKind.SessionInvalid)) operation.Security = PageSession(document);
        if (needsSession)
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentDescription.CookieScheme, document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentDescription.BearerScheme, document)] = [] },
            ];
            kinds.Add(ProblemKind.SessionInvalid);
            if (!metadata.OfType<ApiKeyRequirement>().Any()) kinds.Add(ProblemKind.ApiKeyNotAccepted);
            if (metadata.OfType<SessionRequirement>().Any() && !metadata.OfType<AllowsEnrolment>().Any()) kinds.Add(ProblemKind.SecondFactorEnrolmentRequired);
            if (context.Description.HttpMethod is not ("GET" or "HEAD")) kinds.Add(ProblemKind.CrossOrigin);
        }

        if (metadata.OfType<ApiKeyRequirement>().Any())
        {
            operation.Security = [.. operation.Security ?? [], new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentDescription.ApiKeyScheme, document)] = [] }];
        }

        if (metadata.OfType<ClientSecretMetadata>().Any())
        {
            operation.Security = [.. operation.Security ?? [], new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentDescription.ClientSecretScheme, document)] = [] }];
        }

        if (metadata.OfType<AllowsSupportAccess>().Any()) operation.Summary += " Operators with a support grant too, each read in the tenant's log first.";
        if (metadata.OfType<OperatorRequirement>().Any() || metadata.OfType<TenantRequirement>().Any()) kinds.Add(ProblemKind.NotFound);
        if (!metadata.OfType<NoRateLimitMetadata>().Any()) kinds.UnionWith([ProblemKind.InvalidRequest, ProblemKind.TooManyAttempts, ProblemKind.Unavailable, ProblemKind.InternalError]);
        AddProblems(operation, kinds, document);
    }

    private static List<OpenApiSecurityRequirement> PageSession(OpenApiDocument document) =>
    [
        new() { [new OpenApiSecuritySchemeReference(DocumentDescription.PageCookieScheme, document)] = [] },
        new() { [new OpenApiSecuritySchemeReference(DocumentDescription.BearerScheme, document)] = [] },
    ];

    private static OpenApiRequestBody Body(Type type, OpenApiSchema schema) => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            ["application/json"] = new OpenApiMediaType { Schema = schema, Example = Examples.Of(type) },
        },
    };

    /// <summary>Members that a body does not have are refused, at every depth (<see cref="StrictJson"/>). Schemas of bodies are no components: those of answers stay open.</summary>
    private static void Close(IOpenApiSchema schema)
    {
        if (schema.Items is { } items) Close(items);
        if (schema is not OpenApiSchema { Properties: { Count: > 0 } members } body) return;
        body.AdditionalPropertiesAllowed = false;
        foreach (var member in members.Values) Close(member);
    }

    private static OpenApiRequestBody TokenForm() => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            [UrlEncodedForm.MediaType] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string>(StringComparer.Ordinal) { "token" },
                    Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                    {
                        ["token"] = new OpenApiSchema { Type = JsonSchemaType.String },
                        ["token_type_hint"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Changes nothing: there is one kind of token." },
                        ["client_id"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "For client_secret_post: the id of the API key." },
                        ["client_secret"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "For client_secret_post: the API key. Without an Authorization header." },
                    },
                },
                Example = new JsonObject { ["token"] = "AbC…" },
            },
        },
    };

    private static IOpenApiParameter[] Paging() =>
    [
        new OpenApiParameter
        {
            Name = "limit",
            In = ParameterLocation.Query,
            Description = "How many, 1 to 200.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "200", Default = JsonValue.Create(50) },
        },
        new OpenApiParameter
        {
            Name = "cursor",
            In = ParameterLocation.Query,
            Description = "nextCursor of the page before.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        },
    ];

    private static OpenApiParameter IfMatchHeader() => new()
    {
        Name = "If-Match",
        In = ParameterLocation.Header,
        Required = true,
        Description = "The ETag of the version that you want to change.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiParameter Query(QueryMetadata query) => new()
    {
        Name = query.Name,
        In = ParameterLocation.Query,
        Description = query.Description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static void AddPathParameter(OpenApiOperation operation, string name, string description)
    {
        operation.Parameters = [.. (operation.Parameters ?? []).Where(known => known.Name != name)];
        operation.Parameters.Insert(0, new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Path,
            Required = true,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
    }

    private static void AddProblems(OpenApiOperation operation, IEnumerable<ProblemKind> kinds, OpenApiDocument document)
    {
        operation.Responses ??= [];
        foreach (var status in kinds.GroupBy(kind => kind.Status))
        {
            operation.Responses[status.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join(" ", status.Select(kind => $"`{kind.Code}`: {kind.Title}")),
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(DocumentDescription.ProblemSchema, document) },
                },
            };
        }
    }
}
