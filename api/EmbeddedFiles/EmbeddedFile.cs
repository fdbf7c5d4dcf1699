using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Platform.Api.EmbeddedFiles;

/// <summary>Files that are part of an assembly.</summary>
internal static class EmbeddedFile
{
    /// <summary>One of this assembly.</summary>
    public static byte[] Read(string name) => Read(typeof(EmbeddedFile).Assembly, name);

    public static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not part of {assembly.GetName().Name}.");
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>Changes with the content and with nothing else.</summary>
    public static EntityTagHeaderValue TagOf(ReadOnlySpan<byte> content) => new($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"");
}
