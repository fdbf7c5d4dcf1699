using Microsoft.OpenApi;
using Platform.Api.EmbeddedFiles;

namespace Platform.Api.Docs;

/// <summary>
/// <c>/openapi/v1.json</c>: made at the first request, kept as bytes, answered with an entity tag. The framework's own endpoint makes the document anew at each call (46 ms of processor
/// time), so that one anonymous address slowed validations down a hundredfold below its rate limit.
/// </summary>
internal sealed class OpenApiFile(ApiDescription description)
{
    private CompressedAnswer? _answer;

    public static async Task<FileContentHttpResult> GetAsync(OpenApiFile file, HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return (file._answer ??= await file.MakeAsync(cancellationToken)).For(context);
    }

    private async Task<CompressedAnswer> MakeAsync(CancellationToken cancellationToken)
    {
        var document = await description.GetAsync(cancellationToken);
        using var json = new MemoryStream();
        await document.SerializeAsync(json, OpenApiSpecVersion.OpenApi3_1, OpenApiConstants.Json, cancellationToken);
        return new CompressedAnswer(json.ToArray(), "application/json;charset=utf-8");
    }
}
