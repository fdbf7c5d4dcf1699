namespace Platform.Silos.Tests.Hosting;

/// <summary>For the tests that leave it as it was; each makes its own tenant.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    public const string Name = "shared cluster";

    internal SiloCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await SiloCluster.StartAsync();

    // Null after a failed start.
    public ValueTask DisposeAsync() => Cluster?.DisposeAsync() ?? ValueTask.CompletedTask;
}

[CollectionDefinition(SharedCluster.Name)]
public sealed class SharedClusterTests : ICollectionFixture<SharedCluster>;
