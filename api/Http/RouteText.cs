namespace Platform.Api.Http;

/// <summary>The route of a request as the OpenAPI document writes it, with the names of what is filled in instead of the values.</summary>
internal static class RouteText
{
    /// <summary>Empty where no endpoint was found. A group's own route is written with a slash at its end, though it is served without.</summary>
    public static string Of(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { } pattern ? pattern.Length > 1 ? pattern.TrimEnd('/') : pattern : "";
}
