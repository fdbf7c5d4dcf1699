using Microsoft.Extensions.Primitives;
using Platform.Api.Problems;
using Platform.Snippets;

namespace Platform.Api.Snippets;

/// <summary>
/// CORS for pages (threats T54, T55): answers of page calls may be read by proven origins of that snippet and by nobody else, refusals and outages too. It runs before the limits, so
/// that a page learns of these, and reads memory only. The limit of an address in one snippet comes first of all: what it refuses costs the address nothing elsewhere.
/// </summary>
internal sealed class PageCorsMiddleware(RequestDelegate next, SnippetIndex snippets, PageLimits limits)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<PageRequirement>() is null) return next(context);

        // Whatever is answered depends on it, refusals too: no cache gives one origin's answer to another.
        context.Response.Headers.Vary = PageCors.ByOrigin;
        if (!PageCall.TryReadId(context, out var id)) return PageCors.RefuseAsync(context);
        if (!snippets.TryGet(id, out var snippet)) return next(context);
        if (!PageCors.TryAdmit(context, snippet)) return PageCors.RefuseAsync(context);
        return limits.TakeOfAddress(context, id) is { } refusal ? refusal.ExecuteAsync(context) : next(context);
    }
}

/// <summary>Admits pages whose snippet was not in memory, takes the call from the snippet's share, and answers preflights.</summary>
internal sealed class PageMiddleware(RequestDelegate next, SnippetIndex snippets, PageLimits limits)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<PageRequirement>() is null) return next(context);
        return context.Features.Get<PageCall>() is { } call ? GoOnAsync(context, call.Snippet.Id) : FindAsync(context);
    }

    private async Task FindAsync(HttpContext context)
    {
        _ = PageCall.TryReadId(context, out var id);
        if (!PageCors.TryAdmit(context, await snippets.FindAsync(id, context.RequestAborted))) await PageCors.RefuseAsync(context);
        else if (limits.TakeOfAddress(context, id) is { } refusal) await refusal.ExecuteAsync(context);
        else await GoOnAsync(context, id);
    }

    private Task GoOnAsync(HttpContext context, SnippetId snippet)
    {
        if (limits.TakeOfSnippet(context, snippet) is { } refusal) return refusal.ExecuteAsync(context);
        if (!HttpMethods.IsOptions(context.Request.Method)) return next(context);
        PageCors.AnswerPreflight(context.Response);
        return Task.CompletedTask;
    }
}

internal static class PageCors
{
    public static readonly StringValues ByOrigin = "Origin";

    private static readonly StringValues WithCredentials = "true";
    private static readonly StringValues Readable = "Retry-After";
    private static readonly StringValues Methods = "GET, POST";
    private static readonly StringValues Headers = "authorization, content-type";

    /// <summary>Two hours: as long as browsers keep one at most.</summary>
    private static readonly StringValues KeptFor = "7200";

    public static bool TryAdmit(HttpContext context, PublishedSnippet? snippet)
    {
        if (snippet is null || !snippet.TryFind(PageCall.OriginOf(context.Request), out var page)) return false;
        context.Features.Set(new PageCall(snippet, page));
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = page.Origin;
        headers.AccessControlAllowCredentials = WithCredentials;
        headers.AccessControlExposeHeaders = Readable;
        return true;
    }

    /// <summary>Without CORS headers, and alike whether there is such a snippet or not.</summary>
    public static Task RefuseAsync(HttpContext context) => new Problem(ProblemKind.OriginNotAllowed).ExecuteAsync(context);

    public static void AnswerPreflight(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.AccessControlAllowMethods = Methods;
        response.Headers.AccessControlAllowHeaders = Headers;
        response.Headers.AccessControlMaxAge = KeptFor;
    }
}
