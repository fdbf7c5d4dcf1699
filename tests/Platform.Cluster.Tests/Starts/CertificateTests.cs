using Platform.ClusterTests.Hosting;
using Platform.Tests;
using Xunit.Abstractions;

namespace Platform.ClusterTests.Starts;

/// <summary>Any process of the machine may knock at the port where silos talk to each other (threat T80).</summary>
public sealed class StrangerTests(CalmCluster calm, ITestOutputHelper output) : CalmTest(calm, output)
{
    [Fact, Trait("Threat", "T80")]
    public async Task SiloPort_ToWhoHasNoCertificateOfASilo_IsClosed()
    {
        var port = Cluster[0].SiloPort;

        (await Knock.IsLetInAsync(port, Cluster.Authority.ForSilo())).ShouldBeTrue("or this test would find everything closed");
        (await Knock.IsLetInAsync(port, null)).ShouldBeFalse();
        (await Knock.IsLetInAsync(port, Cluster.Authority.ForApi())).ShouldBeFalse();
        (await Knock.IsLetInAsync(port, Cluster.Stranger.ForSilo())).ShouldBeFalse();
        (await Knock.IsAnsweredInTheClearAsync(port)).ShouldBeFalse();
    }

    /// <summary>The certificates that docs/operations/cluster.md has one make to try a cluster.</summary>
    [Fact, Trait("Threat", "T80")]
    public async Task Script_IssuesCertificatesThatANodeStartsWith()
    {
        await using var folder = new DataFolder();
        var made = await Bash.RunAsync($"{RepositoryRoot}/eng/issue-certificates.sh {folder.Path}/certificates");
        made.ExitCode.ShouldBe(0, made.ToString());
        var again = await Bash.RunAsync($"{RepositoryRoot}/eng/issue-certificates.sh {folder.Path}/certificates");
        again.ExitCode.ShouldBe(1, "who has certificates keeps them");

        var issued = new IssuedCertificate($"{folder.Path}/certificates/authority.pem", $"{folder.Path}/certificates/silo.pem", $"{folder.Path}/certificates/silo.key");
        var start = Cluster.StartOn(folder, [("ASPNETCORE_URLS", "https://127.0.0.1:0"), ("Platform__Cluster__SiloPort", $"{FreePorts.Next()}"), .. issued.Settings]) with { DatabaseOf = folder };
        await using var node = await PlatformProcess.StartAsync(start, Cluster.OperatorPassword);

        (await node.SignInAsync("platform", "operator", Cluster.OperatorPassword)).Token.ShouldNotBeEmpty();
    }

    private static string RepositoryRoot
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Platform.sln"))) folder = Path.GetDirectoryName(folder)!;
            return folder;
        }
    }
}
