namespace Platform.ProcessTests.Hosting;

/// <summary>One process for the tests of a class that leave it as it was.</summary>
public sealed class ServedPlatform : IAsyncLifetime
{
    private readonly DataFolder _folder = new();

    internal PlatformProcess Platform { get; private set; } = null!;

    public async Task InitializeAsync() => Platform = await PlatformProcess.StartAsync(new PlatformStart(_folder));

    public async Task DisposeAsync()
    {
        await Platform.DisposeAsync();
        _folder.Dispose();
    }
}
