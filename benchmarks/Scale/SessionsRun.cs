using System.Diagnostics;
using Orleans.Runtime;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;
using Platform.Sessions;
using Platform.Silo.Storage.Sqlite;

namespace Platform.Benchmarks.Scale;

/// <summary>The life of many sessions: opened, kept over a restart, looked at, touched, saved, expired. One phase after the other, on one data folder.</summary>
internal sealed class SessionsRun(SessionsOptions options, Report report, string folder)
{
    private readonly ShiftedClock _clock = new();
    private readonly SessionMaker _maker = new();
    private readonly UserId[] _users = new UserId[options.Users];
    private readonly SessionId[] _ids = new SessionId[options.Count];
    private readonly List<string[]> _memory = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        report.Line(
            $"{Units.Count(options.Count)} sessions of {Units.Count(options.Users)} users, {options.InFlight} calls in flight where grains or storage answer. " +
            "Sessions are opened as sign-in opens them after the password was checked; the password hash is left out.");
        report.Table("Grains and storage", "Phase", "Sessions", "Time", "Rate", "p50", "p90", "p99", "p99.9", "max", "Note");
        await OpenAsync(cancellationToken);
        await using (var silo = await StartAsync())
        {
            await ActivateAsync(silo, cancellationToken);
            var expiry = new ExpiryRun(silo, _ids, options.Count, Phase);
            var rates = await RatesRun.MeasureAsync(silo, _maker, _ids, options, cancellationToken);

            // From here on rounds of the sweeper are made, and timed, one by one.
            await silo.Service<SessionSweeper>().StopAsync(cancellationToken);
            await expiry.JournalAsync(cancellationToken);
            await expiry.SweepAsync(cancellationToken);
            Remember("All expired and swept, their retention over", await Settled(silo), default, 0);
            await TimeAsync("Graceful stop, nothing live", 0, "", silo.StopAsync);
            RatesRun.Write(report, rates);
        }

        WriteMemory();
    }

    /// <summary>Users, then sessions; all touched; then the host stops with all of that unsaved.</summary>
    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        await using var silo = await StartAsync();
        await WarmUpAsync(silo, cancellationToken);
        var empty = MemoryUse.Take();
        Remember("Host started, warmed up", empty, default, 0);
        await ForAllAsync("Make users (no password hash)", options.Users, async i => _users[i] = await _maker.NewUserAsync(silo, i), cancellationToken);
        var users = MemoryUse.Take();
        Remember("Users in memory", users, empty, options.Users);

        var commits = silo.Service<SqliteDatabase>().Commits;
        await ForAllAsync(
            "Open sessions",
            options.Count,
            async i => _ids[i] = await _maker.OpenAsync(silo, _users[i % options.Users], i),
            cancellationToken,
            () => $"{Units.Count(silo.Service<SqliteDatabase>().Commits - commits)} commits");
        Remember("Sessions live, as opened", MemoryUse.Take(), users, options.Count);

        var touched = 0;
        foreach (var session in silo.Live.All)
        {
            if (session.Evaluate(_clock.GetUtcNow()) == SessionState.Live) session.Touch(Hash(session), _clock.GetUtcNow());
            touched++;
        }

        await TimeAsync("Graceful stop, every clock unsaved", touched, "", silo.StopAsync);
        Phase("Database after it", options.Count, null, null, $"{Units.Size(new FileInfo(Path.Combine(folder, "platform.db")).Length / options.Count)} per session, users included");
    }

    private async Task ActivateAsync(BenchmarkSilo silo, CancellationToken cancellationToken)
    {
        var before = MemoryUse.Take();
        Remember("Host restarted on that data", before, default, 0);
        int live = 0, kept = 0;
        await ForAllAsync(
            "First peek after the restart",
            options.Count,
            async i =>
            {
                var check = await silo.Grains.Session(_ids[i]).PeekAsync(_maker.SecretHash(i), cancellationToken);
                if (check.View is not { } view) return;
                Interlocked.Increment(ref live);
                if (view.LastActivityAt > view.CreatedAt) Interlocked.Increment(ref kept);
            },
            cancellationToken,
            () => $"{Units.Count(live)} live, {Units.Count(kept)} with their activity");
        Remember("Sessions live, activated (and their users)", MemoryUse.Take(), before, options.Count);
        if (live != options.Count) throw new InvalidOperationException($"{options.Count - live} sessions did not survive the restart.");
    }

    private async Task<BenchmarkSilo> StartAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var silo = await BenchmarkSilo.StartAsync(folder, _clock);
        Phase("Start of the host", 0, Units.Since(started), null, "");
        return silo;
    }

    /// <summary>Code compiled, connections open: so that the first of the many do not pay for it.</summary>
    private async Task WarmUpAsync(BenchmarkSilo silo, CancellationToken cancellationToken) => await Parallel.ForAsync(
        0,
        Math.Min(200, options.Users),
        cancellationToken,
        async (i, _) => await _maker.OpenAsync(silo, await _maker.NewUserAsync(silo, -1 - i), -1 - i));

    private async Task ForAllAsync(string phase, int count, Func<int, Task> action, CancellationToken cancellationToken, Func<string>? note = null)
    {
        var latency = new LatencyHistogram();
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = options.InFlight, CancellationToken = cancellationToken },
            async (i, _) =>
            {
                var sent = Stopwatch.GetTimestamp();
                await action(i);
                latency.RecordShared(LatencyHistogram.ToNanoseconds(Stopwatch.GetTimestamp() - sent));
            });
        Phase(phase, count, Units.Since(started), latency, note?.Invoke() ?? "");
    }

    private async Task TimeAsync(string phase, int count, string note, Func<Task> action)
    {
        var started = Stopwatch.GetTimestamp();
        await action();
        Phase(phase, count, Units.Since(started), null, note);
    }

    private void Phase(string phase, int count, TimeSpan? time, LatencyHistogram? latency, string note)
    {
        var percentiles = latency is null ? ["", "", "", "", ""] : Report.Percentiles(latency);
        var rate = time is { } elapsed && count > 0 ? Units.Rate(count, elapsed) : "";
        report.Row([phase, count > 0 ? Units.Count(count) : "", time is { } taken ? Units.Time(taken) : "", rate, .. percentiles, note]);
        Console.Error.WriteLine($"{phase}: {(time is { } shown ? Units.Time(shown) : "")} {rate} {note}");
    }

    private void Remember(string when, MemoryUse now, MemoryUse before, int count) => _memory.Add(
    [
        when, Units.Size(now.Heap), Units.Size(now.Resident),
        count == 0 ? "" : Units.Size((now.Heap - before.Heap) / count), count == 0 ? "" : Units.Size((now.Resident - before.Resident) / count),
    ]);

    private void WriteMemory()
    {
        report.Table("Memory, after a full compacting collection", "When", "Managed heap", "Resident", "Heap per piece", "Resident per piece");
        foreach (var row in _memory) report.Row(row);
    }

    private static async Task<MemoryUse> Settled(BenchmarkSilo silo)
    {
        var activations = await silo.Grains.GetGrain<IManagementGrain>(0).GetTotalActivationCount();
        Console.Error.WriteLine($"Activations left: {activations}");
        return MemoryUse.Take();
    }

    private static ReadOnlySpan<byte> Hash(LiveSession session) => session.Origin.SecretHash.AsSpan();
}
