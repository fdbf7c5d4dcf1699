namespace Platform.Cluster.Tests.Hosting;

/// <summary>A cluster for the tests that leave it as it was.</summary>
public sealed class CalmCluster : IAsyncLifetime
{
    public const string Name = "calm cluster";

    internal Cluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await Cluster.StartAsync();

    public async ValueTask DisposeAsync()
    {
        // Null after a failed start.
        if (Cluster is null) return;
        await Cluster.DisposeAsync();
        foreach (var node in Cluster.Nodes) node.Platform.ShouldHaveDeniedNoCall();
    }
}

[CollectionDefinition(CalmCluster.Name)]
public sealed class CalmClusterTests : ICollectionFixture<CalmCluster>;

/// <summary>On a cluster to which nothing is done. What its processes wrote is part of the test's output.</summary>
[Collection(CalmCluster.Name)]
public abstract class CalmTest(CalmCluster calm, ITestOutputHelper output) : IDisposable
{
    private protected ITestOutputHelper Output { get; } = output;

    private protected Cluster Cluster => calm.Cluster;

    public void Dispose()
    {
        foreach (var node in Cluster.Nodes) Output.WriteLine(node.Logs);
        GC.SuppressFinalize(this);
    }
}
