using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Faults;

/// <summary>Nodes that go and come one after the other, as in an update.</summary>
public sealed class RollingRestartTests(ITestOutputHelper output) : ClusterTest(output)
{
    private const int Sessions = 24;

    private readonly Ledger _ledger = new();

    [Fact, Trait("Fault", "F2")]
    public async Task Restart_OfEachNodeInTurnUnderLoad_GivesNoWrongAnswerAndForgetsNoTouch()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        foreach (var session in await Cluster.SignInAsync(tenant.Slug, "owner", Sessions)) _ledger.SignedIn(session.Token);
        await using var load = new Load(Cluster, _ledger, tenant);
        foreach (var node in Cluster.Nodes)
        {
            await load.AnswersAsync(100);
            var asked = TimeProvider.System.GetTimestamp();
            (await node.StopAsync()).ShouldBe(0);
            var ended = TimeProvider.System.GetElapsedTime(asked);
            await node.RestartAsync();
            Measured($"{node.Name} ended {ended.TotalSeconds:F1} s after SIGTERM and was ready again {TimeProvider.System.GetElapsedTime(asked).TotalSeconds:F1} s after it");
        }

        await load.AnswersAsync(100);
        await load.StopAsync();
        Measured($"{load}");
        load.Violations.ShouldBeEmpty();
        load.ActivityLost.ShouldBeEmpty();
        await load.EveryTouchIsKnownAsync();
        (await CheckAllAsync(_ledger)).ShouldBeEmpty();
        Cluster.Nodes.SelectMany(node => node.Logs.Split('\n')).Where(line => line.Contains("SelectTargetFailed", StringComparison.Ordinal)).ShouldBeEmpty("calls to a silo that stops are no errors of the silos that go on");
    }
}
