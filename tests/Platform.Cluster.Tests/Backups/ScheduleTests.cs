using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Backups;

/// <summary>Three nodes with one folder of backups (row DR): one makes each, another takes over when it dies, and a good one is always there.</summary>
public sealed partial class ScheduleTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _target = Directory.CreateTempSubdirectory("platform-shared-backups-");
    private Hosting.Cluster _cluster = null!;

    /// <summary>Each backup takes a while, so that there is a middle of it.</summary>
    public async ValueTask InitializeAsync() => _cluster = await Hosting.Cluster.StartAsync(
        ("Platform__Backups__Target", _target.FullName),
        ("Platform__Backups__PostgresTools", Environment.GetEnvironmentVariable("PLATFORM_TEST_POSTGRES_TOOLS") ?? ""),
        ("Platform__Backups__Interval", "00:01:00"),
        ("Platform__Backups__KeepHourly", "1"),
        ("Platform__Backups__KeepDaily", "0"),
        ("Platform__Backups__KeepWeekly", "0"),
        ("Platform__Backups__KeepMonthly", "0"),
        ("Platform__Backups__BytesPerSecond", "10000"));

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
            foreach (var node in _cluster.Nodes)
            {
                output.WriteLine(node.Logs);
                node.Platform.ShouldHaveDeniedNoCall();
            }
        }

        _target.Delete(recursive: true);
    }

    [Fact, Trait("Fault", "F21"), Trait("Fault", "F1")]
    public async Task Schedule_TheNodeThatMakesOneIsKilled_AnotherTakesOverAndAGoodOneIsAlwaysThere()
    {
        // The first one: all three look every minute, one makes it.
        await Until.TrueAsync(() => Task.FromResult(Verified().Count > 0), "the schedule has made a backup", Patience);
        var first = Verified().ShouldHaveSingleItem();
        (await MakerAsync(first)).ShouldBeOneOf([.. _cluster.Nodes]);

        // The second one, by whichever node is first; it dies in the middle.
        var token = (await _cluster.SignInOperatorAsync()).Token;
        JsonElement running = default;
        await Until.TrueAsync(
            async () => (running = (await LookAsync(_cluster[0], token)).GetProperty("running")) is { ValueKind: JsonValueKind.Object } && running.GetProperty("node").ValueKind == JsonValueKind.String,
            "the next backup is being made",
            Patience);
        var (name, port) = (running.GetProperty("backup").GetString()!, int.Parse(running.GetProperty("node").GetString()!.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        running.GetProperty("requestedBy").ValueKind.ShouldBe(JsonValueKind.Null);
        var maker = _cluster.Nodes.Single(node => node.SiloPort == port);
        await maker.KillAsync();
        Directory.Exists(PathOf(name + ".partial")).ShouldBeTrue("it was killed in the middle");
        Verified().ShouldBe([first], "no half backup counts as one, and the older one stays until a newer one is good");

        // Another node makes the next one, and only then the older one and the half one go.
        var others = _cluster.Others(maker).ToArray();
        await Until.TrueAsync(
            () =>
            {
                Verified().ShouldNotBeEmpty("a good one is always there");
                return Task.FromResult(Verified().Any(backup => string.CompareOrdinal(backup, first) > 0));
            },
            "another node has made a backup",
            Patience);
        var second = Verified()[^1];
        second.ShouldNotBe(name);
        (await MakerAsync(second)).ShouldBeOneOf(others);
        Directory.Exists(PathOf(first)).ShouldBeFalse("a newer one is verified");
        Directory.Exists(PathOf(name + ".partial")).ShouldBeFalse("nobody needs the half one");

        // It restores, though no test of the clock would have to know.
        await using var place = new DataFolder();
        var restored = await PlatformProcess.RunToEndAsync(new PlatformStart(place)
        {
            Arguments = ["restore", "--from", PathOf(Verified()[^1])],
            Settings = [("Platform__MasterKeyFile", _cluster.MasterKeyFile), ("Platform__Backups__PostgresTools", Environment.GetEnvironmentVariable("PLATFORM_TEST_POSTGRES_TOOLS") ?? "")],
        });
        restored.ExitCode.ShouldBe(0, restored.ToString());

        // None was made twice, by anybody.
        var made = _cluster.Nodes.SelectMany(node => Made().Matches(node.Logs).Select(match => match.Groups["name"].Value)).ToArray();
        made.ShouldBeUnique();
        output.WriteLine($"made: {string.Join(", ", made)}; killed: {name}");
    }

    /// <summary>Any node is asked; one makes it, and all say so.</summary>
    [Fact]
    public async Task Post_OnAllNodesAtOnce_MakesOne()
    {
        var token = (await _cluster.SignInOperatorAsync()).Token;

        // While the schedule makes one, nobody gets another.
        Answer[] answers = [];
        await Until.TrueAsync(
            async () =>
            {
                if ((await LookAsync(_cluster[0], token)).GetProperty("running").ValueKind != JsonValueKind.Null) return false;
                answers = await Task.WhenAll(_cluster.Nodes.Select(node => node.Platform.SendAsync("POST", "/v1/operator/backups", token: token)));
                return answers.Any(answer => answer.Status == HttpStatusCode.Accepted);
            },
            "a node makes one",
            Patience);

        var begun = answers.Single(answer => answer.Status == HttpStatusCode.Accepted);
        answers.Where(answer => answer != begun).ShouldAllBe(answer => answer.Status == HttpStatusCode.Conflict && answer.Code == "backup_under_way");
        var name = begun.String("backup")!;
        foreach (var node in _cluster.Nodes) (await LookAsync(node, token)).GetProperty("running").GetProperty("backup").GetString().ShouldBe(name);
        await Until.TrueAsync(() => Task.FromResult(Verified().Contains(name)), "it is verified", Patience);
    }

    private static async Task<JsonElement> LookAsync(ClusterNode node, string token) => (await node.Platform.SendAsync("GET", "/v1/operator/backups", token: token)).ShouldBe(HttpStatusCode.OK).Json;

    private string PathOf(string backup) => Path.Combine(_target.FullName, backup);

    private IReadOnlyList<string> Verified() => [.. _target.GetDirectories().Where(folder => File.Exists(Path.Combine(folder.FullName, "manifest.json")) && File.Exists(Path.Combine(folder.FullName, "verified"))).Select(folder => folder.Name).Order(StringComparer.Ordinal)];

    /// <summary>The one node that says it made the backup. Its line comes after the mark in the folder.</summary>
    private async Task<ClusterNode> MakerAsync(string backup)
    {
        ClusterNode[] makers = [];
        await Until.TrueAsync(
            () => Task.FromResult((makers = [.. _cluster.Nodes.Where(node => Made().Matches(node.Logs).Any(match => match.Groups["name"].Value == backup))]).Length > 0),
            "the log of a node says that it made the backup",
            Patience);
        return makers.ShouldHaveSingleItem("exactly one node made it");
    }

    [GeneratedRegex("Made and verified backup (?<name>platform-[^; ]+);", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Made();
}
