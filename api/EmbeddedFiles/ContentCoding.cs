using System.IO.Compression;

namespace Platform.Api.EmbeddedFiles;

/// <summary>Compressed forms of what stays the same, each made once. Nothing secret and nothing of a caller's is in it, so that its length tells nothing.</summary>
internal static class ContentCoding
{
    public const string Brotli = "br";
    public const string Gzip = "gzip";

    /// <summary>The smallest form that the client takes; null for one that names none, or says nothing.</summary>
    public static string? Choose(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        return Takes(Brotli) ? Brotli : Takes(Gzip) ? Gzip : null;

        bool Takes(string encoding) => accepted.Any(one => one.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && one.Quality is null or > 0);
    }

    public static byte[] Compress(ReadOnlySpan<byte> bytes, string encoding, CompressionLevel level)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = encoding == Brotli ? new BrotliStream(compressed, level) : new GZipStream(compressed, level)) stream.Write(bytes);
        return compressed.ToArray();
    }
}
