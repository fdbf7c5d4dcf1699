using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Platform.Api.Admission;
using Platform.Api.Binding;
using Platform.Api.EmbeddedFiles;
using Platform.Api.Problems;

namespace Platform.Api.Snippets;

/// <summary>Scripts as pages load them: by their hash, the same for ever, or whichever is published. Public, since pages are; nothing personal is in them.</summary>
internal static class ScriptEndpoints
{
    private const int HashLength = 64;
    private const string Script = "text/javascript";
    private const string Map = "application/json";
    private static readonly StringValues Forever = "public, max-age=31536000, immutable";
    private static readonly StringValues AMinute = "public, max-age=60, stale-if-error=86400";
    private static readonly StringValues Anybody = "*";
    private static readonly StringValues CrossOrigin = "cross-origin";
    private static readonly StringValues ByEncoding = "Accept-Encoding";

    public static void MapScripts(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/s", PageEndpoints.Tag, CallClass.Other);
        group.MapGet("/{id}.js", GetPublishedAsync).WithName("getPublishedScript").WithSummary("Load the published script")
            .WithDescription("The published script. Caches keep it for a minute, then ask again with its ETag.")
            .AnswersAs(Script).AnswersWith("ETag", "SourceMap").Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status304NotModified).Refuses(ProblemKind.NotFound);
        group.MapGet("/{id}/{hash}.js", GetAsync).WithName("getScript").WithSummary("Load a script by its hash")
            .WithDescription("A published script by its SHA-256: the same bytes for ever, for tags with integrity.")
            .AnswersAs(Script).AnswersWith("ETag", "SourceMap").Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status304NotModified).Refuses(ProblemKind.NotFound);
        group.MapGet("/maps/{hash}.js.map", GetMap).WithName("getSourceMap").WithSummary("Load the source map")
            .WithDescription("The source map that a script's SourceMap header names, by its SHA-256: one for all snippets.")
            .AnswersAs(Map).AnswersWith("ETag").Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status304NotModified).Refuses(ProblemKind.NotFound);
    }

    private static async Task<IResult> GetPublishedAsync(SnippetRoute snippet, HttpContext context, SnippetIndex snippets, ScriptFiles files, CancellationToken cancellationToken) =>
        await snippets.FindAsync(snippet.Id, cancellationToken) is { Script: { } script } && await files.FindAsync(snippet.Id, script, cancellationToken) is { } file
            ? Answer(context, file, AMinute)
            : new Problem(ProblemKind.NotFound);

    private static async Task<IResult> GetAsync(SnippetRoute snippet, string hash, HttpContext context, ScriptFiles files, CancellationToken cancellationToken) =>
        hash.Length == HashLength && hash.All(char.IsAsciiHexDigitLower) && await files.FindAsync(snippet.Id, hash, cancellationToken) is { } file
            ? Answer(context, file, Forever)
            : new Problem(ProblemKind.NotFound);

    private static IResult GetMap(string hash, HttpContext context, ScriptMap map) =>
        hash == map.Hash ? Answer(context, map.File, Forever, Map) : new Problem(ProblemKind.NotFound);

    private static IResult Answer(HttpContext context, ScriptFile file, StringValues caching, string type = Script)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = caching;
        headers.ETag = file.ETag;
        headers.Vary = ByEncoding;
        headers.AccessControlAllowOrigin = Anybody;
        headers["Cross-Origin-Resource-Policy"] = CrossOrigin;
        if (file.SourceMap is { } map) headers["SourceMap"] = map;
        if (IsKnown(context.Request, file)) return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        var (body, encoding) = Choose(context.Request, file);
        if (encoding is not null) headers.ContentEncoding = encoding;
        return TypedResults.Bytes(body, type + "; charset=utf-8");
    }

    private static bool IsKnown(HttpRequest request, ScriptFile file)
    {
        var own = EntityTagHeaderValue.Parse(file.ETag);
        return request.GetTypedHeaders().IfNoneMatch is { Count: > 0 } known && known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(own, useStrongComparison: false));
    }

    private static (byte[] Body, string? Encoding) Choose(HttpRequest request, ScriptFile file) => ContentCoding.Choose(request) switch
    {
        ContentCoding.Brotli => (file.Brotli, ContentCoding.Brotli),
        ContentCoding.Gzip => (file.Gzip, ContentCoding.Gzip),
        _ => (file.Plain, null),
    };
}
