namespace Platform.Process.Tests.Hosting;

/// <summary>One process for the tests of a class that leave it as it was.</summary>
public sealed class ServedPlatform : IAsyncLifetime
{
    internal DataFolder Folder { get; } = new();

    internal PlatformProcess Platform { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Platform = await PlatformProcess.StartAsync(new PlatformStart(Folder));

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        Platform.ShouldHaveDeniedNoCall();
        await Folder.DisposeAsync();
    }
}
