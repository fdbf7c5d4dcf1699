using System.Diagnostics;
using System.Globalization;
using Orleans.Runtime;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;
using Platform.Sessions;
using Platform.Storage.Sqlite;

namespace Platform.Benchmarks.Scale;

/// <summary>The life of many sessions: opened, kept over a restart, looked at, touched, saved, expired. One phase after the other, on one data folder.</summary>
internal sealed class SessionsRun(SessionsOptions options, Report report, string folder)
{
    private const int SampledSessions = 200;

    private readonly ShiftedClock _clock = new();
    private readonly SessionMaker _maker = new();
    private readonly UserId[] _users = new UserId[options.Users];
    private readonly SessionId[] _ids = new SessionId[options.Count];
    private readonly PhaseTable _phases = new(report);
    private readonly List<string[]> _memory = [];
    private IReadOnlyList<OwnedType> _owned = [];
    private double _emptyActivation;
    private double _session;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        report.Line(
            $"{Units.Count(options.Count)} sessions of {Units.Count(options.Users)} users, {options.InFlight} calls in flight where grains or storage answer. " +
            "Sessions are opened as sign-in opens them after the password was checked; the password hash is left out.");
        _phases.Begin();
        await MakeEmptyAsync(cancellationToken);
        await OpenAsync(cancellationToken);
        await using (var silo = await StartAsync())
        {
            await ActivateAsync(silo, cancellationToken);
            var expiry = new ExpiryRun(silo, _ids, _phases);
            var rates = await RatesRun.MeasureAsync(silo, _maker, _ids, options, cancellationToken);

            // From here on rounds of the sweeper are made, and timed, one by one.
            await silo.Service<SessionSweeper>().StopAsync(cancellationToken);
            await expiry.SaveActivityAsync(cancellationToken);
            await expiry.SweepAsync(cancellationToken);
            Remember("All expired and swept, their retention over", await Settled(silo), default, 0);
            await _phases.MeasureAsync("Graceful stop, nothing live", 0, silo.StopAsync);
            RatesRun.Write(report, rates);
        }

        WriteMemory();
    }

    /// <summary>The least that a grain takes in memory: one without a state.</summary>
    private async Task MakeEmptyAsync(CancellationToken cancellationToken)
    {
        await using var silo = await BenchmarkSilo.StartAsync();
        await silo.Grains.GetGrain<IEmptyGrain>("emp_").CallAsync();
        var before = MemoryUse.Take();
        await ForAllAsync("Make empty activations", options.Count, i => silo.Grains.GetGrain<IEmptyGrain>($"emp_{i:x32}").CallAsync(), cancellationToken);
        var now = MemoryUse.Take();
        Remember("Empty activations, in a host of their own", now, before, options.Count);
        _emptyActivation = (double)(now.Heap - before.Heap) / options.Count;
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
        var opened = MemoryUse.Take();
        Remember("Sessions live, as opened", opened, users, options.Count);
        _session = (double)(opened.Heap - users.Heap) / options.Count;
        _owned = OwnedObjects.Of([.. _ids.Take(SampledSessions).Select(id => silo.Activation(silo.Grains.Session(id).GetGrainId()))]);

        var touched = 0;
        foreach (var session in silo.Live.All)
        {
            if (session.Evaluate(_clock.GetUtcNow()) == SessionState.Live) session.Touch(Hash(session), null, _clock.GetUtcNow());
            touched++;
        }

        await _phases.MeasureAsync("Graceful stop, every clock unsaved", touched, silo.StopAsync, () => $"{Units.Size(DatabaseSize() / options.Count)} in the database per session, users included");
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
                var check = await silo.Grains.Session(_ids[i]).PeekAsync(_maker.SecretHash(i), null, null, cancellationToken);
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
        BenchmarkSilo? silo = null;
        await _phases.MeasureAsync("Start of the host", 0, async () => silo = await BenchmarkSilo.StartAsync(folder, _clock));
        return silo!;
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
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.InFlight, CancellationToken = cancellationToken };
        await _phases.MeasureAsync(phase, count, () => Parallel.ForAsync(0, count, parallel, OneAsync), note, latency);

        async ValueTask OneAsync(int i, CancellationToken _)
        {
            var sent = Stopwatch.GetTimestamp();
            await action(i);
            latency.RecordShared(LatencyHistogram.ToNanoseconds(Stopwatch.GetTimestamp() - sent));
        }
    }

    private long DatabaseSize() => new FileInfo(Path.Combine(folder, "platform.db")).Length;

    private void Remember(string when, MemoryUse now, MemoryUse before, int count) => _memory.Add(
    [
        when, Units.Size(now.Heap), Units.Size(now.Resident),
        count == 0 ? "" : Units.Size((now.Heap - before.Heap) / count), count == 0 ? "" : Units.Size((now.Resident - before.Resident) / count),
    ]);

    private void WriteMemory()
    {
        report.Table("Memory, after a full compacting collection", "When", "Managed heap", "Resident", "Heap per piece", "Resident per piece");
        foreach (var row in _memory) report.Row(row);
        report.Line($"Heap of a live session ÷ heap of an empty activation: {(_session / _emptyActivation).ToString("0.00", CultureInfo.InvariantCulture)}");
        report.Table("What belongs to one session alone, as opened", "Type", "Objects", "Bytes");
        foreach (var type in _owned) report.Row($"`{type.Type}`", type.Count.ToString("0.0", CultureInfo.InvariantCulture), type.Bytes.ToString("0.0", CultureInfo.InvariantCulture));
        report.Row("all", "", _owned.Sum(type => type.Bytes).ToString("0", CultureInfo.InvariantCulture));
    }

    private static async Task<MemoryUse> Settled(BenchmarkSilo silo)
    {
        var activations = await silo.Grains.GetGrain<IManagementGrain>(0).GetTotalActivationCount();
        Console.Error.WriteLine($"Activations left: {activations}");
        return MemoryUse.Take();
    }

    private static ReadOnlySpan<byte> Hash(LiveSession session) => session.Origin.SecretHash.AsSpan();
}
