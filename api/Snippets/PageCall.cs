using Platform.Api.Authentication;
using Platform.Api.Problems;
using Platform.Snippets;

namespace Platform.Api.Snippets;

/// <summary>On an endpoint: pages call it through the snippet in its route, from proven domains of the snippet only.</summary>
internal sealed class PageRequirement
{
    public static readonly PageRequirement Instance = new();
}

/// <summary>The page of a request, known and allowed.</summary>
internal sealed record PageCall(PublishedSnippet Snippet, PageOrigin Page)
{
    private const string Https = "https://";

    /// <exception cref="InvalidOperationException">The endpoint does not require a page: a mistake in its mapping.</exception>
    public static PageCall Of(HttpContext context) =>
        context.Features.Get<PageCall>() ?? throw new InvalidOperationException($"{context.GetEndpoint()} takes a {nameof(PageCall)} but does not require a page.");

    public static ValueTask<PageCall> BindAsync(HttpContext context) => new(Of(context));

    /// <summary>False where the route names no snippet.</summary>
    public static bool TryReadId(HttpContext context, out SnippetId id) => PrefixedId.TryParse(context.GetRouteValue("id") as string, out id);

    /// <summary>
    /// As the browser says. A page that reaches the platform through its own host sends no origin with a GET; the browser then vouches that the page is of the host that was asked.
    /// </summary>
    public static string? OriginOf(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (origin.Count > 0) return origin.Count == 1 ? origin[0] : null;
        return (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && request.Headers["Sec-Fetch-Site"] is ["same-origin"] ? Https + request.Host.Value : null;
    }
}

internal static class PageExtensions
{
    /// <summary>For pages on proven domains of the snippet in the route. The host refuses everybody else before it reads anything.</summary>
    public static TBuilder RequirePage<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(PageRequirement.Instance, JudgesOrigin.Instance).Refuses(ProblemKind.OriginNotAllowed);
}
