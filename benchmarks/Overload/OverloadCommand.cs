using System.CommandLine;
using System.Globalization;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Load;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Overload;

/// <summary>More lists than a platform can do: how many of them are still done, how fast sessions are checked meanwhile, and how soon it is over.</summary>
internal static class OverloadCommand
{
    private const int ListConnections = 512;
    private const int CheckConnections = 32;

    private static readonly LoadCall List = new("list", 200);

    private static readonly Option<TimeSpan> Measured = Bounded.Duration("--duration", "How long each part measures", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10));
    private static readonly Option<int> Times = Bounded.Number("--times", "So many times the lists that it can do", 3, 2, 10);
    private static readonly Option<int> Checks = Bounded.Number("--checks", "Checks of sessions per second, in every part", 500, 1, 100_000);
    private static readonly Option<int> SignIns = Bounded.Number("--sign-ins", "Sign-ins under way all the time beside too many lists, at made-up tenants", 4, 0, 1_000);

    public static Command Create() => Commands.Create(
        "overload",
        "Asks a platform that it starts on this machine for more lists than it can do, beside checks of sessions, and compares with what it does best: goodput, latency of checks, recovery.",
        [Measured, Times, Checks, SignIns],
        RunAsync);

    /// <returns>0 where the goals are met: goodput at least 90 % of the best, p99 of checks at most five times the calm one, recovery within five seconds.</returns>
    private static async Task<int> RunAsync(ParseResult line, CancellationToken interrupt)
    {
        var load = Machine.Load();
        var report = new Report("More than a platform can do");
        var options = OptionsOf(ListConnections);
        await using var platform = await OwnPlatform.StartAsync(options, interrupt);
        Machine.Describe(report, platform.Runtime);
        var sessions = await platform.OpenSessionsAsync(options, interrupt);
        using var clients = new LoadClients(platform.Hosts, options.Versions[0], options);
        await using var checks = await CheckSender.StartAsync(
            new CheckSettings(platform.Hosts[0].Port, platform.CertificateHash, sessions.Tokens, CheckConnections, line.GetValue(Checks)), interrupt);
        var runs = new OverloadRuns(checks, new RatedSender(clients.OfHosts[0], [.. sessions.Tokens.Select(ListOf)]));
        await using var strangers = new MadeUpSignIns(platform.Hosts[0], line.GetValue(SignIns));

        var duration = line.GetValue(Measured);
        // Each connection is there, and the platform warm, before anything is measured.
        await runs.BestAsync(TimeSpan.FromSeconds(5), ListConnections, interrupt);
        await runs.BestAsync(TimeSpan.FromSeconds(5), connections: 16, interrupt);
        OverloadPart[] tries = [await runs.BestAsync(duration, 4, interrupt), await runs.BestAsync(duration, 16, interrupt), await runs.BestAsync(duration, 64, interrupt)];
        var best = tries.MaxBy(part => part.Goodput)!;
        var calm = await runs.AtRateAsync(duration, best.Goodput / 4, interrupt);
        strangers.Start();
        var over = await runs.AtRateAsync(duration, best.Goodput * line.GetValue(Times), interrupt);
        var recovery = await runs.RecoverAsync(best.Goodput / 4, calm, interrupt);
        await strangers.DisposeAsync();

        OverloadReport.Write(report, best, calm, over, recovery, strangers.Answers());
        report.Line($"Load average of the machine at the start {Text(load)}, at the end {Text(Machine.Load())}. Generators and platform share its processors.");
        await report.PublishAsync(line.GetValue(Commands.Output));
        return OverloadReport.MeetsGoals(best, calm, over, recovery) ? 0 : 1;
    }

    /// <summary>What sends over so many connections.</summary>
    internal static LoadOptions OptionsOf(int connections) => new()
    {
        Urls = [],
        Users = [],
        Sessions = 2_000,
        Mix = LoadMix.Parse("validate=100"),
        Versions = [new Version(1, 1)],
        Timeout = TimeSpan.FromSeconds(10),
        Connections = connections,
    };

    private static LoadRequest ListOf(string token) => new(List, HttpMethod.Get, $"/v1/tenants/{ApiClient.Tenant}/users?limit=200", [("Authorization", "Bearer " + token)]);

    private static string Text(double? load) => load?.ToString("0.00", CultureInfo.InvariantCulture) ?? "unknown";
}
