using System.Globalization;
using System.Text;
using Platform.Security;

namespace Platform.Silo.Storage.Sqlite;

/// <summary>
/// The files of the database: readable by the owner only, used by one process at a time. Two processes would each hold grains of the same
/// data in memory; the lock dies with the process, also by <c>kill -9</c>.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly FileStream _lock;

    public SqliteFile(string dataDirectory)
    {
        var directory = System.IO.Path.GetFullPath(dataDirectory);
        Path = System.IO.Path.Combine(directory, "platform.db");
        try
        {
            OwnersDirectory.Create(directory);
            _lock = Lock(System.IO.Path.Combine(directory, "platform.lock"), directory);
            // SQLite gives its side files the mode of this one.
            Open(Path, FileShare.ReadWrite).Dispose();
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _lock?.Dispose();
            throw new StorageSetupException($"The data directory {directory} cannot be used: {e.Message}", e);
        }
        catch (StorageSetupException)
        {
            _lock?.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path, string directory)
    {
        FileStream file;
        try
        {
            file = Open(path, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new StorageSetupException(
                $"Another process uses the data directory {directory}. Stop it, or set {PlatformOptions.Section}:{nameof(PlatformOptions.DataDirectory)} "
                + "to a directory of its own.",
                e);
        }

        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        file.Flush();
        return file;
    }

    private static FileStream Open(string path, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }
}
