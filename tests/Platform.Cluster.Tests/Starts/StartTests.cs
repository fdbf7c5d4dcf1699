using System.Net;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Starts;

/// <summary>A process that cannot be part of a cluster says why, once, in words, and does not disturb those that are.</summary>
public sealed class StartTests(CalmCluster calm, ITestOutputHelper output) : CalmTest(calm, output)
{
    [Fact, Trait("Fault", "F19")]
    public async Task Start_WithoutMasterKeyFile_IsRefused() =>
        await ShouldBeRefusedAsync("Platform:MasterKeyFile is missing", ("Platform__MasterKeyFile", ""));

    [Fact, Trait("Fault", "F19")]
    public async Task Start_WithoutDatabase_IsRefused() =>
        await ShouldBeRefusedAsync("ConnectionStrings:Platform is missing", ("ConnectionStrings__Platform", ""));

    [Fact, Trait("Fault", "F19"), Trait("Threat", "T80")]
    public async Task Start_AtEveryAddress_IsRefused() =>
        await ShouldBeRefusedAsync("Platform:Cluster:Address", ("Platform__Cluster__Address", "0.0.0.0"));

    [Fact, Trait("Fault", "F19"), Trait("Threat", "T80")]
    public async Task Start_OnLoopbackWithoutCertificates_IsRefused() =>
        await ShouldBeRefusedAsync("both ends show a certificate, on loopback too", IssuedCertificate.NoSettings);

    [Fact, Trait("Fault", "F19")]
    public async Task Start_WithAnotherMasterKey_IsRefused()
    {
        await using var folder = new DataFolder();
        Directory.CreateDirectory(folder.Path);
        var key = Path.Combine(folder.Path, "other.key");
        await File.WriteAllBytesAsync(key, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await ShouldBeRefusedAsync($"The master key {key} is not the one with which this database was made.", ("Platform__MasterKeyFile", key));
    }

    [Fact, Trait("Fault", "F19"), Trait("Fault", "F15")]
    public async Task Start_AloneOnTheDatabaseOfACluster_IsRefused()
    {
        await using var folder = new DataFolder();
        var alone = new PlatformStart(folder) { DatabaseOf = Cluster.Shared, Settings = [("Platform__MasterKeyFile", Cluster.MasterKeyFile)] };
        ShouldBeClear(await PlatformProcess.RunToEndAsync(alone), "Another process uses the database of ConnectionStrings:Platform");
    }

    [Fact, Trait("Fault", "F19"), Trait("Fault", "F15")]
    public async Task Start_AsANodeOnTheDatabaseOfOneThatIsAlone_IsRefused()
    {
        await using var folder = new DataFolder();
        await using var alone = await PlatformProcess.StartAsync(new PlatformStart(folder));
        await using var other = new DataFolder();
        var node = Cluster.StartOn(other, ("ASPNETCORE_URLS", "https://127.0.0.1:0"), ("Platform__Cluster__SiloPort", $"{FreePorts.Next()}"), ("Platform__MasterKeyFile", Path.Combine(folder.Path, "keys", "master.key"))) with { DatabaseOf = folder };
        ShouldBeClear(await PlatformProcess.RunToEndAsync(node), "Another process uses the database of ConnectionStrings:Platform");
        (await alone.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>With the settings of a node. Scripts let the version before run on; the grains of a cluster would keep an operator's old password.</summary>
    [Fact, Trait("Fault", "F15")]
    public async Task Commands_BesideACluster_MigrateAndResetNobody()
    {
        await using var folder = new DataFolder();
        var node = Cluster.StartOn(folder);

        var migrated = await PlatformProcess.RunToEndAsync(node with { Arguments = ["migrate"] });
        migrated.ExitCode.ShouldBe(0, $"{migrated}");
        migrated.Output.ShouldContain("Nothing to do");
        var reset = await PlatformProcess.RunToEndAsync(node with { Arguments = ["reset-operator", "operator"] });
        reset.ExitCode.ShouldBe(1, $"{reset}");
        reset.Errors.ShouldContain("Another process uses the database of ConnectionStrings:Platform");
        reset.Output.ShouldBeEmpty();

        await Cluster.Nodes[0].Platform.SignInAsync("platform", "operator", Hosting.Cluster.OperatorPassword);
    }

    /// <summary>Row DMZ: test and production never mix. A database belongs to one environment.</summary>
    [Fact, Trait("Fault", "F19")]
    public async Task Start_OfAnotherEnvironmentOnTheDatabaseOfACluster_DoesNotJoinIt()
    {
        await using var folder = new DataFolder();
        var start = Cluster.StartOn(
            folder, ("ASPNETCORE_URLS", "https://127.0.0.1:0"), ("Platform__Cluster__SiloPort", $"{FreePorts.Next()}"), ("Platform__Environment", "other"));

        var ended = await PlatformProcess.RunToEndAsync(start);

        ended.ExitCode.ShouldBe(1, $"{ended}");
        ended.Errors.ShouldContain("The database is of environment 'development', this process of 'other' (Platform:Environment).");
        foreach (var node in Cluster.Nodes) (await node.Platform.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
    }

    private async Task ShouldBeRefusedAsync(string reason, params (string Key, string Value)[] settings)
    {
        await using var folder = new DataFolder();
        var start = Cluster.StartOn(folder, [("ASPNETCORE_URLS", "https://127.0.0.1:0"), ("Platform__Cluster__SiloPort", $"{FreePorts.Next()}"), .. settings]);
        ShouldBeClear(await PlatformProcess.RunToEndAsync(start), reason);
    }

    private void ShouldBeClear(BashResult ended, string reason)
    {
        Output.WriteLine($"{ended}");
        ended.ExitCode.ShouldBe(1);
        ended.Errors.ShouldContain("The platform cannot run:");
        ended.Errors.Split("The platform cannot run:")[1].ShouldContain(reason);
        ended.Errors.ShouldNotContain("   at Platform.", Case.Sensitive, "no stack trace");
    }
}
