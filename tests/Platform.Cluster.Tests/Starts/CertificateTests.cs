using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Starts;

// By this name alone it would be the namespace.
using Cluster = Platform.Cluster.Tests.Hosting.Cluster;

/// <summary>Any process of the machine can connect to the port where silos talk to each other (threat T80).</summary>
public sealed class CertificateTests(CalmCluster calm, ITestOutputHelper output) : CalmTest(calm, output)
{
    [Fact, Trait("Threat", "T80")]
    public Task SiloPort_WithoutACertificateOfASilo_Refuses() => PortProbe.SiloPortShouldRefuseAsync(Cluster[0].SiloPort, Cluster.Authority, Cluster.Stranger);

    /// <summary>The certificates that docs/operations/cluster.md has one make to try a cluster.</summary>
    [Fact, Trait("Threat", "T80")]
    public async Task Script_IssuesCertificatesThatANodeStartsWith()
    {
        await using var folder = new DataFolder();
        var made = await Bash.RunAsync($"{Repository.Root}/eng/issue-certificates.sh {folder.Path}/certificates");
        made.ExitCode.ShouldBe(0, made.ToString());
        var again = await Bash.RunAsync($"{Repository.Root}/eng/issue-certificates.sh {folder.Path}/certificates");
        again.ExitCode.ShouldBe(1, "who has certificates keeps them");

        var issued = new IssuedCertificate($"{folder.Path}/certificates/authority.pem", $"{folder.Path}/certificates/silo.pem", $"{folder.Path}/certificates/silo.key");
        var start = Cluster.StartOn(folder, [("ASPNETCORE_URLS", "https://127.0.0.1:0"), ("Platform__Cluster__SiloPort", $"{FreePorts.Next()}"), .. issued.Settings]) with { DatabaseOf = folder };
        await using var node = await PlatformProcess.StartAsync(start, Cluster.OperatorPassword);

        (await node.SignInAsync("platform", "operator", Cluster.OperatorPassword)).Token.ShouldNotBeEmpty();
    }
}
