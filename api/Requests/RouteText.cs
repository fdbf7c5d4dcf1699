using Microsoft.AspNetCore.Http.Metadata;

namespace Platform.Api.Requests;

/// <summary>The route of a request as the OpenAPI document writes it, with the names of what is filled in instead of the values.</summary>
internal sealed record RouteText(string Route) : IRouteDiagnosticsMetadata
{
    /// <summary>Empty where no endpoint was found.</summary>
    public static string Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route ?? "";

    /// <summary>The framework writes a group's own route with a slash at its end, though it is served without.</summary>
    public static void Add(EndpointBuilder endpoint)
    {
        if (((RouteEndpointBuilder)endpoint).RoutePattern.RawText is { } text) endpoint.Metadata.Add(new RouteText(text.TrimEnd('/')));
    }
}
