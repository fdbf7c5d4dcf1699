using System.Runtime.InteropServices;

namespace Platform.Security;

/// <summary>
/// A file is on disk with its content, and yet nobody may find it after a loss of power: its name is in the folder, and that has to be written as well (<c>fsync(2)</c>). Whoever tells somebody that
/// something is done that a new name makes so does it by these.
/// </summary>
public static class DurableFolder
{
    private const int CloseOnExec = 0x80000;
    private const int AccessDenied = 13;
    private const int InvalidArgument = 22;

    /// <summary>The names in it are on disk when this returns.</summary>
    /// <param name="folder">That is there.</param>
    /// <exception cref="IOException">They may not be.</exception>
    public static void Flush(string folder)
    {
        // Windows has no such call; there the names are in the journal of the file system.
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(folder, OperatingSystem.IsLinux() ? CloseOnExec : 0);
        if (descriptor < 0)
        {
            // One may write into a folder that one may not list, above the own ones. Nobody but its owner can ask for this there.
            if (Marshal.GetLastPInvokeError() == AccessDenied) return;
            throw Failure(folder);
        }

        try
        {
            // Some file systems of a network refuse it for folders; they write names at once.
            if (Synchronize(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument) throw Failure(folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>The folder in which this file or folder is.</summary>
    public static void FlushAbove(string path) => Flush(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))!);

    /// <summary>The file, whose content is on disk, has its new name for good when this returns.</summary>
    public static void MoveFile(string from, string to, bool overwrite = false)
    {
        File.Move(from, to, overwrite);
        FlushAbove(to);
    }

    /// <summary>The folder has its new name for good when this returns, and so have the files in it, whose content is on disk.</summary>
    public static void MoveFolder(string from, string to)
    {
        Flush(from);
        Directory.Move(from, to);
        FlushAbove(to);
    }

    private static IOException Failure(string folder) => new($"The folder {folder} cannot be written to the disk: {Marshal.GetLastPInvokeErrorMessage()}.");

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Synchronize(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
