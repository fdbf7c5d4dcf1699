using System.IO.Compression;
using Microsoft.Extensions.Caching.Memory;
using Platform.Api.EmbeddedFiles;

namespace Platform.Api.Snippets;

/// <summary>A script, or the map of scripts, with its compressed forms, each made once.</summary>
internal sealed class ScriptFile
{
    /// <param name="hash">SHA-256 in lower-case hex.</param>
    /// <param name="bytes">As they were built.</param>
    /// <param name="sourceMap">Where its source map is; null where there is none.</param>
    public ScriptFile(string hash, ReadOnlySpan<byte> bytes, string? sourceMap = null)
    {
        SourceMap = sourceMap;
        (Plain, Brotli, Gzip) = (bytes.ToArray(), ContentCoding.Compress(bytes, ContentCoding.Brotli, CompressionLevel.SmallestSize), ContentCoding.Compress(bytes, ContentCoding.Gzip, CompressionLevel.SmallestSize));

        // Weak: the compressed forms are other bytes.
        ETag = $"W/\"{hash}\"";
    }

    public byte[] Plain { get; }

    public byte[] Brotli { get; }

    public byte[] Gzip { get; }

    public string ETag { get; }

    public string? SourceMap { get; }

    public int Size => Plain.Length + Brotli.Length + Gzip.Length;
}

/// <summary>Published scripts in the memory of this host: those that pages ask for, up to 64 MB.</summary>
internal sealed class ScriptFiles(IGrainFactory grains, ScriptMap map) : IDisposable
{
    private const long MaxBytes = 64L * 1024 * 1024;

    private readonly MemoryCache _files = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    /// <returns>Null where the snippet has, or keeps, no such script.</returns>
    public async ValueTask<ScriptFile?> FindAsync(SnippetId snippet, string script, CancellationToken cancellationToken)
    {
        if (_files.TryGetValue((snippet, script), out ScriptFile? known)) return known;
        if (await grains.Snippet(snippet).FindScriptAsync(script, cancellationToken) is not { } bytes) return null;
        var file = new ScriptFile(script, bytes.AsSpan(), map.Fits(bytes.AsSpan()) ? ScriptAddress.OfMap(map.Hash) : null);
        return _files.Set((snippet, script), file, new MemoryCacheEntryOptions { Size = file.Size });
    }

    public void Dispose() => _files.Dispose();
}
