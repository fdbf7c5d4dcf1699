using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Faults;

/// <summary>Kill -9 of nodes under load: what was acknowledged holds, and the others answer for what was there.</summary>
public sealed class KillTests(ITestOutputHelper output) : ClusterTest(output)
{
    private const int Sessions = 24;
    private const int Rounds = 3;

    /// <summary>Far above what is measured: a slow machine is no fault of the cluster.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly Ledger _ledger = new();

    [Fact, Trait("Fault", "F1"), Trait("Threat", "T31")]
    public async Task Kill_OfOneNodeUnderLoad_LosesNoSessionAndForgetsNoSignOut()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        await OpenAsync(tenant);
        await using var load = new Load(Cluster, _ledger, tenant);
        for (var round = 0; round < Rounds; round++)
        {
            await load.AnswersAsync(100);
            var (victim, there) = await MostOfAsync(await OpenAsync(tenant, 6, apartFromLoad: true));
            await victim.KillAsync();
            var killed = TimeProvider.System.GetTimestamp();
            await Task.WhenAll(there.Select(session => Until.TrueAsync(async () => (await AskAsync(victim, session)).IsLive, "its sessions are answered elsewhere", Bound)));
            Measured($"round {round}: {there.Count} sessions of the killed node were answered elsewhere after {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:F1} s");
            await victim.RestartAsync();
            Measured($"round {round}: it was back {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:F1} s after the kill");
        }

        await load.StopAsync();
        Measured($"{load}");
        load.Violations.ShouldBeEmpty();
        (await CheckAllAsync(_ledger)).ShouldBeEmpty();
        _ledger.SignOuts.ShouldBeGreaterThan(Rounds, "there was a load");
    }

    [Fact, Trait("Fault", "F6"), Trait("Threat", "T31")]
    public async Task Kill_OfAllNodes_LosesNoSessionAndForgetsNoSignOut()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        await OpenAsync(tenant);
        await using var load = new Load(Cluster, _ledger, tenant);
        await load.AnswersAsync(200);
        await Task.WhenAll(Cluster.Nodes.Select(node => node.KillAsync()));
        await load.StopAsync();
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Cluster.Nodes.Select(node => node.RestartAsync()));
        Measured($"all nodes were ready again at their ports after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s");
        (await CheckAllAsync(_ledger)).ShouldBeEmpty();
        Measured($"all {_ledger.Tokens.Count} sessions were judged {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s after the start; {load}");
        load.Violations.ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<SignedIn>> OpenAsync(Tenant tenant, int count = Sessions, bool apartFromLoad = false)
    {
        var sessions = await Cluster.SignInAsync(tenant.Slug, "owner", count);
        if (!apartFromLoad) foreach (var session in sessions) _ledger.SignedIn(session.Token);
        return sessions;
    }

    /// <returns>The node that holds most of them, and which these are.</returns>
    private async Task<(ClusterNode Node, IReadOnlyList<SignedIn> Sessions)> MostOfAsync(IReadOnlyList<SignedIn> sessions)
    {
        var places = await Task.WhenAll(sessions.Select(session => Cluster.NodeOfAsync(session.Id)));
        var most = sessions.Zip(places).GroupBy(pair => pair.Second, pair => pair.First).MaxBy(group => group.Count())!;
        return (most.Key!, [.. most]);
    }

    /// <summary>A live session is never told to be over, whatever happens to the node where it was.</summary>
    private async Task<Answer> AskAsync(ClusterNode victim, SignedIn session)
    {
        var answer = await Cluster.Others(victim).First().Platform.PeekAsync(session.Token);
        answer.IsRefused.ShouldBeFalse(answer.Text);
        return answer;
    }
}
