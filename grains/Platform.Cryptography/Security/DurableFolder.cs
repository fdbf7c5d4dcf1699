using System.Runtime.InteropServices;

namespace Platform.Security;

/// <summary>
/// Writes names to the disk. After a loss of power a file may be there with all of its content, and nobody finds it: its name is in the folder, which has to be written as well (<c>fsync(2)</c>).
/// Use it where somebody is told that something is done, and a new name makes it so.
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
            // The account may write into this folder, above its own ones, and not list it. Only the folder's owner could write it to the disk.
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
