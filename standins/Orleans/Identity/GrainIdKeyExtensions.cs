using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Orleans.Runtime;

/// <summary>How integer and GUID keys are written into a grain id: upper-case hex, and 32 hex digits; an extension follows a <c>+</c>.</summary>
public static class GrainIdKeyExtensions
{
    private const byte Separator = (byte)'+';
    private const int GuidLength = 32;

    public static IdSpan CreateIntegerKey(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    public static IdSpan CreateIntegerKey(long key, string? keyExtension)
        => WithExtension(key.ToString("X", CultureInfo.InvariantCulture), keyExtension);

    public static IdSpan CreateGuidKey(Guid key) => IdSpan.Create(key.ToString("N"));

    public static IdSpan CreateGuidKey(Guid key, string? keyExtension) => WithExtension(key.ToString("N"), keyExtension);

    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        var text = Split(grainId.Key.AsSpan(), grainId.Key.AsSpan().IndexOf(Separator), out keyExt);
        return Utf8Parser.TryParse(text, out key, out var used, 'X') && used == text.Length;
    }

    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt)
    {
        var span = grainId.Key.AsSpan();
        var extended = span.Length > GuidLength && span[GuidLength] == Separator;
        var text = Split(span, extended ? GuidLength : -1, out keyExt);
        key = default;
        return text.Length == GuidLength && Utf8Parser.TryParse(text, out key, out var used, 'N') && used == GuidLength;
    }

    public static long GetIntegerKey(this GrainId grainId) => grainId.GetIntegerKey(out _);

    public static long GetIntegerKey(this GrainId grainId, out string? keyExt) => grainId.TryGetIntegerKey(out var key, out keyExt)
        ? key
        : throw new ArgumentException($"Value \"{grainId}\" is not in the correct format for an Integer key.", nameof(grainId));

    public static Guid GetGuidKey(this GrainId grainId) => grainId.GetGuidKey(out _);

    public static Guid GetGuidKey(this GrainId grainId, out string? keyExt) => grainId.TryGetGuidKey(out var key, out keyExt)
        ? key
        : throw new ArgumentException($"Value \"{grainId}\" is not in the correct format for a Guid key.", nameof(grainId));

    private static IdSpan WithExtension(string key, string? extension)
        => IdSpan.Create(string.IsNullOrWhiteSpace(extension) ? key : $"{key}+{extension}");

    private static ReadOnlySpan<byte> Split(ReadOnlySpan<byte> key, int separator, out string? extension)
    {
        extension = separator < 0 ? null : Encoding.UTF8.GetString(key[(separator + 1)..]);
        return separator < 0 ? key : key[..separator];
    }
}
