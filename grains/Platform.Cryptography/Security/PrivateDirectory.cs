namespace Platform.Security;

/// <summary>Directories for what only the account of the platform may see.</summary>
public static class PrivateDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// Makes the directory and all above it that are missing, each with mode 0700 and on disk when this returns. Those that are there keep theirs: it was somebody's choice.
    /// </summary>
    /// <remarks>One by one, because the class library gives a mode to the last only: a data directory made on the way to a key would be open to all.</remarks>
    public static void Create(string path)
    {
        if (Directory.Exists(path)) return;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } above) Create(above);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
        DurableFolder.FlushAbove(path);
    }
}
