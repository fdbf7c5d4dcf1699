using System.Globalization;
using System.Text;
using Platform.Hosting;
using Platform.Security;

namespace Platform.Storage;

/// <summary>
/// A data directory, used by one process at a time: two would each hold grains of the same data in memory. The lock dies with the process, also by
/// <c>kill -9</c>.
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private readonly FileStream _file;

    public DataDirectoryLock(string dataDirectory)
    {
        FullPath = Path.GetFullPath(dataDirectory);
        PrivateDirectory.Create(FullPath);
        try
        {
            _file = PrivateFile.Open(Path.Combine(FullPath, "platform.lock"), FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new StartupException(
                $"Another process uses the data directory {FullPath}. Stop it, or set {PlatformOptions.Section}:{nameof(PlatformOptions.DataDirectory)} "
                + "to a directory of its own.",
                e);
        }

        _file.SetLength(0);
        _file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        _file.Flush();
    }

    public string FullPath { get; }

    public void Dispose() => _file.Dispose();
}
