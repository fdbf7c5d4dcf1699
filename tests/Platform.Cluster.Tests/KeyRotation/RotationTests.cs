using System.Net;
using System.Security.Cryptography;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.KeyRotation;

/// <summary>The master key of three silos is rotated while they serve.</summary>
public sealed class RotationTests(ITestOutputHelper output) : ClusterTest(output)
{
    private const string Command = "rotate-master-key";

    private readonly Ledger _ledger = new();

    [Fact, Trait("Threat", "T77"), Trait("Threat", "T81"), Trait("Threat", "T31")]
    public async Task Rotate_OfThreeNodesUnderLoad_WaitsForAllAndKeepsEverySession()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        await using var load = new Load(Cluster, _ledger, tenant, churn: true);
        await load.AnswersAsync(30);
        await using var folder = new DataFolder();
        Directory.CreateDirectory(folder.Path);
        var next = Path.Combine(folder.Path, "next.key");
        await WriteKeyAsync(next, RandomNumberGenerator.GetBytes(32));
        var first = await File.ReadAllBytesAsync(Cluster.MasterKeyFile);
        var (firstId, nextId) = (IdOf(first), IdOf(await File.ReadAllBytesAsync(next)));

        // The nodes do not have it yet: nothing is wrapped by it, and all go on.
        var rotating = PlatformProcess.RunToEndAsync(Cluster.StartOn(folder, ("Platform__NextMasterKeyFile", next)) with { Arguments = [Command, "--retire-now"] });
        await Task.WhenAll(Cluster.Nodes.Select(node => node.Platform.WaitForLogAsync("MasterKeyMissing")));
        await load.AnswersAsync(30);
        rotating.IsCompleted.ShouldBeFalse();

        await WriteKeyAsync(Path.Combine(Path.GetDirectoryName(Cluster.MasterKeyFile)!, $"master-{nextId}.key"), await File.ReadAllBytesAsync(next));
        var rotated = await rotating;
        Output.WriteLine(rotated.ToString());
        rotated.ExitCode.ShouldBe(0, rotated.ToString());
        rotated.Output.ShouldContain("does not hold key " + nextId);
        rotated.Output.ShouldContain($"The current key is {nextId}.");
        await load.AnswersAsync(60);
        await load.StopAsync();
        load.Violations.ShouldBeEmpty();
        (await CheckAllAsync(_ledger)).ShouldBeEmpty();

        // One that has the former key only does not join; with the new one it does.
        await using var late = new DataFolder();
        Directory.CreateDirectory(late.Path);
        var own = Path.Combine(late.Path, "own.key");
        await WriteKeyAsync(own, first);
        var refused = await PlatformProcess.RunToEndAsync(Cluster.StartOn(late, [.. Cluster.NewNode().Settings, ("Platform__MasterKeyFile", own)]));
        refused.ExitCode.ShouldBe(1, refused.ToString());
        refused.Errors.ShouldContain($"It is key {firstId}, the database needs key {nextId}.");
        refused.Errors.ShouldContain($"master-{nextId}.key");
        var fourth = Cluster.NewNode();
        await Cluster.JoinAsync(fourth);
        (await fourth.Platform.SignInAsync(tenant.Slug, "owner")).Token.ShouldNotBeEmpty();
    }

    [Fact, Trait("Threat", "T77"), Trait("Fault", "F1")]
    public async Task Rotate_NodesKilledMeanwhile_ComesToItsEnd()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        var session = await Cluster.Nodes[0].Platform.SignInAsync(tenant.Slug, "owner");
        await using var folder = new DataFolder();
        Directory.CreateDirectory(folder.Path);
        var random = new Random(115);
        for (var round = 0; round < 3; round++)
        {
            var key = RandomNumberGenerator.GetBytes(32);
            var next = Path.Combine(folder.Path, $"next{round}.key");
            await WriteKeyAsync(next, key);
            await WriteKeyAsync(Path.Combine(Path.GetDirectoryName(Cluster.MasterKeyFile)!, $"master-{IdOf(key)}.key"), key);
            var rotating = PlatformProcess.RunToEndAsync(Cluster.StartOn(folder, ("Platform__NextMasterKeyFile", next)) with { Arguments = [Command, "--retire-now"] });
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500, 24_000)), TimeProvider.System);
            await Cluster[round].KillAsync();
            await Cluster[round].RestartAsync();
            var rotated = await rotating;
            Output.WriteLine(rotated.ToString());
            rotated.ExitCode.ShouldBe(0, rotated.ToString());
            rotated.Output.ShouldContain($"The current key is {IdOf(key)}.");
            foreach (var node in Cluster.Nodes) (await node.Platform.PeekAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
        }
    }

    private static async Task WriteKeyAsync(string path, byte[] key)
    {
        await File.WriteAllBytesAsync(path, key);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static string IdOf(byte[] key) => Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, salt: [], info: "fingerprint-of-the-master-key"u8.ToArray()).AsSpan(0, 8));
}
