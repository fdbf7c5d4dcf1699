namespace Platform.Storage.Tests.Hosting;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("platform-storage-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
