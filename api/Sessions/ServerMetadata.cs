using System.Text.Json.Serialization;
using Platform.Api.Admission;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Api.Requests;

namespace Platform.Api.Sessions;

/// <summary>
/// RFC 8414, section 2. Tokens are had by the calls of sign-in, which are none of OAuth's: there is no grant and no authorization or token endpoint. The empty lists say so;
/// without them a client would have to assume the grants <c>authorization_code</c> and <c>implicit</c> (decision 0097).
/// </summary>
internal sealed record ServerMetadataBody(
    string Issuer,
    [property: JsonPropertyName("introspection_endpoint")] string IntrospectionEndpoint,
    [property: JsonPropertyName("introspection_endpoint_auth_methods_supported")] IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported,
    [property: JsonPropertyName("scopes_supported")] IReadOnlyList<string> ScopesSupported,
    [property: JsonPropertyName("response_types_supported")] IReadOnlyList<string> ResponseTypesSupported,
    [property: JsonPropertyName("grant_types_supported")] IReadOnlyList<string> GrantTypesSupported,
    [property: JsonPropertyName("service_documentation")] string ServiceDocumentation)
{
    /// <summary>The last one is of the registry of access token types, from which RFC 8414 takes names for endpoints that take a bearer.</summary>
    private static readonly string[] AuthMethods = ["client_secret_basic", "client_secret_post", "Bearer"];

    public static ServerMetadataBody Of(string issuer) => new(
        issuer, issuer + IntrospectionEndpoints.Path, AuthMethods, PermissionNames.ToNames(Permissions.Owner | Permissions.Operate), [], [], issuer + "/docs");
}

internal static class ServerMetadataEndpoint
{
    public static void MapServerMetadata(this IEndpointRouteBuilder routes) =>
        routes.MapApiGroup("/.well-known/oauth-authorization-server", "Introspection", CallClass.Free)
            .MapGet("", Get).WithName("getServerMetadata").WithSummary("Read the metadata for standard clients")
                .WithDescription("How a standard client introspects tokens here (RFC 8414).");

    private static Results<Ok<ServerMetadataBody>, Problem> Get(HttpRequest request, Issuer issuer) =>
        issuer.Of(request) is { } name ? TypedResults.Ok(ServerMetadataBody.Of(name)) : Problem.Invalid("", "missing_host", "Name the host.");
}
