using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Api.EmbeddedFiles;

namespace Platform.Api.Docs;

/// <summary>
/// <c>/openapi/v1.json</c>: made at the first request, kept as bytes, answered with an entity tag. The framework's own endpoint makes the document anew at each call (46 ms of processor
/// time), so that one anonymous address slowed validations down a hundredfold below its rate limit.
/// </summary>
internal sealed class OpenApiFile([FromKeyedServices(DocsExtensions.Document)] IOpenApiDocumentProvider documents)
{
    private FileContentHttpResult? _answer;

    public static async Task<FileContentHttpResult> GetAsync(OpenApiFile file, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "no-cache";
        return file._answer ??= await file.MakeAsync(cancellationToken);
    }

    private async Task<FileContentHttpResult> MakeAsync(CancellationToken cancellationToken)
    {
        var document = await documents.GetOpenApiDocumentAsync(cancellationToken);
        using var json = new MemoryStream();
        await document.SerializeAsync(json, OpenApiSpecVersion.OpenApi3_1, OpenApiConstants.Json, cancellationToken);
        var bytes = json.ToArray();
        return TypedResults.Bytes(bytes, "application/json;charset=utf-8", entityTag: EmbeddedFile.TagOf(bytes));
    }
}
