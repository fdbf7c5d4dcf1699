using Platform.Hosting;

namespace Platform.Storage.Sqlite;

/// <summary>The files of the database: readable by the owner only, used by one process at a time.</summary>
internal sealed class SqliteFile : IDisposable
{
    public const string Name = "platform.db";

    private readonly DataDirectoryLock? _directory;

    public SqliteFile(string dataDirectory)
    {
        try
        {
            _directory = new DataDirectoryLock(dataDirectory);
            Path = System.IO.Path.Combine(_directory.FullPath, Name);
            // SQLite gives its side files the mode of this one.
            PrivateFile.Open(Path, FileShare.ReadWrite).Dispose();
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, PrivateFile.Mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _directory?.Dispose();
            throw new StartupException($"The data directory {System.IO.Path.GetFullPath(dataDirectory)} cannot be used: {e.Message}", e);
        }
    }

    public string Path { get; }

    public void Dispose() => _directory?.Dispose();
}
