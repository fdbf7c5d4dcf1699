using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Platform.Snippets;

/// <summary>The script of a snippet: the built file of <c>snippet/</c> with the snippet's settings in it. The same input makes the same bytes.</summary>
internal static class SnippetScript
{
    /// <summary>Stands once in the built file, where an expression may stand.</summary>
    private const string Placeholder = "\"__PLATFORM_SNIPPET_SETTINGS__\"";

    private static readonly (byte[] Before, byte[] After) Template = Read();

    /// <summary>Settings are written as JSON in ASCII with everything escaped that could end a string or a script element (threat T59). No personal data is in it, and no name.</summary>
    public static ImmutableArray<byte> Compose(SnippetId snippet, int version, SnippetSettings settings)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(Template.Before);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default }))
        {
            json.WriteStartObject();
            json.WriteString("snippet", snippet.ToString());
            json.WriteNumber("version", version);
            json.WriteNumber("warnBefore", (int)settings.WarnBefore.TotalSeconds);
            json.WriteNumber("touchEvery", (int)settings.TouchEvery.TotalSeconds);
            json.WriteEndObject();
        }

        buffer.Write(Template.After);
        return [.. buffer.WrittenSpan];
    }

    public static string HashOf(ImmutableArray<byte> script) => Convert.ToHexStringLower(SHA256.HashData(script.AsSpan()));

    private static (byte[] Before, byte[] After) Read()
    {
        using var stream = typeof(SnippetScript).Assembly.GetManifestResourceStream("snippet.js") ?? throw new InvalidOperationException("The built script is not part of this assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var parts = reader.ReadToEnd().Split(Placeholder);
        if (parts.Length != 2) throw new InvalidOperationException($"The built script does not hold its place for settings once: {Placeholder}.");
        return (Encoding.UTF8.GetBytes(parts[0]), Encoding.UTF8.GetBytes(parts[1]));
    }
}
