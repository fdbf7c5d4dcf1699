using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Platform.Api.EmbeddedFiles;

/// <summary>A page or document that is made once and asked for again with its entity tag, each form with its own.</summary>
internal sealed class CompressedAnswer(byte[] content, string contentType)
{
    private static readonly StringValues ByEncoding = "Accept-Encoding";

    private readonly FileContentHttpResult _plain = TypedResults.Bytes(content, contentType, entityTag: EmbeddedFile.TagOf(content));
    private readonly FileContentHttpResult _brotli = Of(content, contentType, ContentCoding.Brotli);
    private readonly FileContentHttpResult _gzip = Of(content, contentType, ContentCoding.Gzip);

    public FileContentHttpResult For(HttpContext context)
    {
        var encoding = ContentCoding.Choose(context.Request);
        var headers = context.Response.Headers;
        headers.Vary = ByEncoding;
        if (encoding is not null) headers.ContentEncoding = encoding;
        return encoding switch { ContentCoding.Brotli => _brotli, ContentCoding.Gzip => _gzip, _ => _plain };
    }

    private static FileContentHttpResult Of(byte[] content, string contentType, string encoding) => TypedResults.Bytes(
        ContentCoding.Compress(content, encoding, CompressionLevel.Optimal), contentType, entityTag: new EntityTagHeaderValue($"\"{EmbeddedFile.TagOf(content).Tag.ToString().Trim('"')}-{encoding}\""));
}
