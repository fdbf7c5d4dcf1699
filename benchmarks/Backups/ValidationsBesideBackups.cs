using Platform.Benchmarks.Load;
using Platform.Benchmarks.Measuring;
using Platform.Storage.Backups;

namespace Platform.Benchmarks.Backups;

/// <summary>
/// Latency of validations over HTTPS while the platform makes a backup by the clock and verifies it, beside that of the time between two. Calm and busy windows take turns on one and the same
/// process.
/// </summary>
/// <param name="report">Where it is written.</param>
/// <param name="data">Data directory that is backed up; no process uses it.</param>
/// <param name="target">Folder for the backups; empty.</param>
/// <param name="interval">Between two backups: long enough for some calm between them.</param>
/// <param name="settings">Of the database and the environment, as on the command line.</param>
internal sealed class ValidationsBesideBackups(Report report, string data, string target, TimeSpan interval, IReadOnlyList<string> settings)
{
    private const int Rounds = 3;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly Version Http = new(1, 1);

    private static readonly LoadOptions Options = new()
    {
        Urls = [],
        Users = [],
        Sessions = 2_000,
        Rate = 500,
        Duration = TimeSpan.FromHours(1),
        WarmUp = TimeSpan.FromSeconds(5),
        Mix = LoadMix.Parse("validate=100"),
        Versions = [Http],
        Timeout = TimeSpan.FromSeconds(10),
    };

    private readonly Window _calm = new();
    private readonly Window _busy = new();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target);
        await using var platform = await OwnPlatform.StartAsync(
            Options, data, [.. settings, $"--Platform:Backups:Target={target}", FormattableString.Invariant($"--Platform:Backups:Interval={interval:c}")], cancellationToken);
        var plan = new LoadPlan(Options.Mix, await platform.OpenSessionsAsync(Options, cancellationToken));

        // The first one, which begins with the platform. Connections come later: the server closes those that are idle for long.
        await UntilAsync(busy: false, cancellationToken);
        using var clients = new LoadClients(platform.Hosts, Http, Options);
        using (var warming = new LoadRun(Options, plan, clients.OfHosts)) await warming.WarmUpAsync(cancellationToken);
        for (var round = 0; round < Rounds; round++)
        {
            await MeasureAsync(_calm, untilBusy: true, plan, clients, cancellationToken);
            await MeasureAsync(_busy, untilBusy: false, plan, clients, cancellationToken);
        }

        Write();
    }

    /// <summary>Until a backup begins, or until it is verified.</summary>
    private async Task MeasureAsync(Window window, bool untilBusy, LoadPlan plan, LoadClients clients, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var run = new LoadRun(Options, plan, clients.OfHosts);
        var measuring = run.MeasureAsync(over.Token);
        await UntilAsync(untilBusy, cancellationToken);
        await over.CancelAsync();
        await measuring;
        window.Add(run);
        var latency = run.Total().FromDue;
        await Console.Error.WriteLineAsync($"{(untilBusy ? "Between backups" : "During a backup")}: {Units.Time(run.Elapsed)}, p50 {Units.Time(latency.Percentile(50))}, p99 {Units.Time(latency.Percentile(99))}, max {Units.Time(latency.Max)}");
    }

    private async Task UntilAsync(bool busy, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookEvery, TimeProvider.System);
        while (IsBusy() != busy) await timer.WaitForNextTickAsync(cancellationToken);
    }

    /// <summary>Before the first backup, while one is made, and until it is verified.</summary>
    private bool IsBusy()
    {
        var backups = Directory.GetDirectories(target);
        return backups.Length == 0 || backups.Any(backup => !File.Exists(Path.Combine(backup, BackupFolder.VerifiedMark)));
    }

    private void Write()
    {
        report.Table($"{Units.Count(Options.Rate)} validations a second over HTTPS, {Rounds} backups", "When", "Time", "Requests", "Failed", "p50", "p90", "p99", "p99.9", "max");
        _calm.Write(report, "between backups");
        _busy.Write(report, "during backup and verification");
        report.Line(FormattableString.Invariant($"p99 during backups is {(double)_busy.Latency.Percentile(99) / _calm.Latency.Percentile(99):0.00} times that between them."));
    }

    /// <summary>All windows of a kind.</summary>
    private sealed class Window
    {
        private TimeSpan _time;
        private long _failed;

        public LatencyHistogram Latency { get; } = new();

        public void Add(LoadRun run)
        {
            Latency.Add(run.Total().FromDue);
            _time += run.Elapsed;
            _failed += run.Outcomes.Values.Sum(outcomes => outcomes.Failed);
        }

        public void Write(Report report, string when) => report.Row([when, Units.Time(_time), Units.Count(Latency.Count), Units.Count(_failed), .. Report.Percentiles(Latency)]);
    }
}
