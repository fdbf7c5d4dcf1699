namespace Platform.Api.Docs;

/// <summary>Files that are part of the assembly.</summary>
internal static class BuiltInFile
{
    public static byte[] Read(string name)
    {
        using var stream = typeof(BuiltInFile).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not part of this assembly.");
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
