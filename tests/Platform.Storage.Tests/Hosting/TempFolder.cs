namespace Platform.Storage.Tests.Hosting;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = System.IO.Directory.CreateTempSubdirectory("platform-storage-").FullName;

    public void Dispose() => System.IO.Directory.Delete(Path, recursive: true);
}
