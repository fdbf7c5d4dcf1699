using Platform.Security;

namespace Platform.Storage;

/// <summary>Files that only the account of the platform may read.</summary>
internal static class PrivateFile
{
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static FileStream Open(string path, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        return new FileStream(path, options);
    }

    /// <summary>Its content is this, and on disk when this returns. Its name is not, if it is new (<see cref="DurableFolder"/>).</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = Open(path, FileShare.None);
        file.SetLength(0);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
