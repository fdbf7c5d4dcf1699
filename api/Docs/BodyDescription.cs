using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Api.Binding;
using Platform.Api.Json;
using Platform.Api.Sessions;

namespace Platform.Api.Docs;

/// <summary>What a call takes as its body, with an example.</summary>
internal static class BodyDescription
{
    /// <summary>False where it takes none.</summary>
    public static async Task<bool> AddAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, IList<object> metadata, CancellationToken cancellationToken)
    {
        if (metadata.OfType<JsonBodyMetadata>().FirstOrDefault() is { } body)
        {
            var schema = await context.GetOrCreateSchemaAsync(body.Type, parameterDescription: null, cancellationToken);
            Close(schema);
            var name = SchemaNames.OfBody(body.Type);
            if (context.Document!.Components?.Schemas?.ContainsKey(name) != true) context.Document.AddComponent<IOpenApiSchema>(name, schema);
            operation.RequestBody = Body("application/json", new OpenApiSchemaReference(name, context.Document), Examples.Of(body.Type));
        }
        else if (metadata.OfType<TokenFormMetadata>().Any())
        {
            operation.RequestBody = Body(UrlEncodedForm.MediaType, TokenForm(), new JsonObject { ["token"] = Examples.Token });
        }

        return operation.RequestBody is not null;
    }

    private static OpenApiRequestBody Body(string mediaType, IOpenApiSchema schema, JsonNode? example) => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [mediaType] = new() { Schema = schema, Example = example } },
    };

    /// <summary>Members that a body does not have are refused, at every depth (<see cref="StrictJson"/>). Schemas of bodies are apart from those of answers, which stay open.</summary>
    private static void Close(IOpenApiSchema schema)
    {
        if (schema.Items is { } items) Close(items);
        if (schema is not OpenApiSchema { Properties: { Count: > 0 } members } body) return;
        body.AdditionalPropertiesAllowed = false;
        foreach (var member in members.Values) Close(member);
    }

    private static OpenApiSchema TokenForm() => new()
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
    };
}
