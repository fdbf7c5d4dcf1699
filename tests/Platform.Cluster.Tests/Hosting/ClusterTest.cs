namespace Platform.Cluster.Tests.Hosting;

/// <summary>A cluster for one test, which it may harm. What its processes wrote is part of the test's output.</summary>
public abstract class ClusterTest(ITestOutputHelper output) : IAsyncLifetime
{
    private protected ITestOutputHelper Output { get; } = output;

    private protected Cluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Cluster = await Cluster.StartAsync();
        Output.WriteLine($"{Cluster.Nodes.Count} nodes were ready after {Cluster.StartedIn.TotalSeconds:F1} s");
    }

    /// <summary>For the table of what happens when, in docs/operations/cluster.md.</summary>
    private protected void Measured(string text) => Output.WriteLine($"MEASURED {text}");

    /// <summary>After the load: all that was acknowledged, asked of each node.</summary>
    /// <returns>What is wrong.</returns>
    private protected async Task<IReadOnlyList<string>> CheckAllAsync(Ledger ledger)
    {
        var wrong = new List<string>();
        foreach (var token in ledger.Tokens)
        {
            foreach (var node in Cluster.Nodes)
            {
                // Grains that are on their way to another node are asked again.
                var answer = await Until.AnsweredAsync(() => node.Platform.ValidateAsync(token));
                if (ledger.Judge(token, answer.IsLive) is { } violation) wrong.Add($"{node.Name}: {violation}");
            }
        }

        return wrong;
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        foreach (var node in Cluster.Nodes)
        {
            Output.WriteLine(node.Logs);
            node.Platform.ShouldHaveDeniedNoCall();
        }
    }
}
