using System.Diagnostics;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <summary>One run after the other: each version of HTTP, alone and, where asked for, beside sign-ins.</summary>
internal sealed class LoadSeries(LoadOptions options, ILoadedPlatform platform, Report report)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly LoadProgress _progress = new(Console.Error, !Console.IsErrorRedirected);
    private readonly List<LoadRunResult> _runs = [];

    /// <returns>Those that began to measure, the last one perhaps interrupted.</returns>
    public async Task<IReadOnlyList<LoadRunResult>> RunAsync(CancellationToken interrupt)
    {
        LoadSessions sessions;
        try
        {
            sessions = await platform.OpenSessionsAsync(options, interrupt);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return _runs;
        }

        var plan = new LoadPlan(options.Mix, sessions);
        foreach (var version in options.Versions)
        {
            if (await MeasureAsync(version, sessions, plan, signIns: null, interrupt) is not { } alone) break;
            LoadReport.Write(report, alone);
            if (options.SignIns == 0 || interrupt.IsCancellationRequested) continue;
            await using var signIns = SignInLoad.Start(options, sessions, platform, interrupt);
            if (await MeasureAsync(version, sessions, plan, signIns, interrupt) is not { } beside) break;
            LoadReport.Write(report, beside);
            LoadReport.Compare(report, alone, beside);
        }

        return _runs;
    }

    /// <returns>Null: interrupted before anything was measured.</returns>
    private async Task<LoadRunResult?> MeasureAsync(Version version, LoadSessions sessions, LoadPlan plan, SignInLoad? signIns, CancellationToken interrupt)
    {
        var http = LoadOptions.Text(version);
        if (interrupt.IsCancellationRequested) return null;
        using var clients = new LoadClients(platform.Hosts, version, options);
        using var run = new LoadRun(options, plan, clients.OfHosts);
        _progress.Say(
            $"HTTP/{http}: {(options.Closed ? "as fast as the answers come" : $"{Units.Count(options.Rate)} requests per second")}{(signIns is null ? "" : $", beside {options.SignIns} sign-ins")}, " +
            $"{options.WarmUp.TotalSeconds:0} s to warm up, then {options.Duration.TotalSeconds:0} s");
        await run.WarmUpAsync(interrupt);
        if (interrupt.IsCancellationRequested) return null;
        var before = await platform.ReadUsageAsync();
        var own = Environment.CpuUsage.TotalTime;
        var measuring = run.MeasureAsync(interrupt);
        var resident = await WatchAsync(run, measuring);
        await measuring;
        var after = await platform.ReadUsageAsync();
        var server = LoadServerResult.From(before, after, resident, Environment.CpuUsage.TotalTime - own, run.Elapsed, run.Total().Count);
        var result = LoadRunResult.From(signIns is null ? $"http-{http}" : $"http-{http}-sign-ins", version, options, sessions, platform.Hosts.Count, run, server);
        if (signIns is not null) result = result with { BesideSignIns = await signIns.EndAsync() };
        _runs.Add(result);
        return result;
    }

    /// <returns>Bytes of memory at most; null where they are not to be seen.</returns>
    private async Task<long?> WatchAsync(LoadRun run, Task measuring)
    {
        var started = Stopwatch.GetTimestamp();
        var most = platform.ReadResident();
        while (await Task.WhenAny(measuring, Task.Delay(Second, TimeProvider.System, CancellationToken.None)) != measuring)
        {
            var at = Units.Since(started).TotalSeconds;
            var errors = run.Outcomes.Values.Sum(outcomes => outcomes.Failed);
            _progress.Tell(at, run.Timeline.Tick(at), errors, run.Waiting, options.Duration);
            if (platform.ReadResident() is { } now) most = Math.Max(now, most ?? 0);
        }

        _progress.End();
        return most;
    }
}
