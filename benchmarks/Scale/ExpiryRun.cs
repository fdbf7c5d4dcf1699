using System.Diagnostics;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;
using Platform.Sessions;
using Platform.Silo.Storage;

namespace Platform.Benchmarks.Scale;

/// <summary>What happens behind the answers: activity is saved, expired sessions are swept. The clock is moved ahead to where it is due.</summary>
internal sealed class ExpiryRun(
    BenchmarkSilo silo, SessionId[] ids, int count, Action<string, int, TimeSpan?, LatencyHistogram?, string> phase)
{
    private const int RoundsAtMost = 1000;

    private readonly SessionSweeper _sweeper = silo.Service<SessionSweeper>();
    private readonly ActivityJournal _journal = silo.Service<ActivityJournal>();

    /// <summary>Every session touched since the last flush.</summary>
    public async Task JournalAsync(CancellationToken cancellationToken)
    {
        await _journal.FlushAsync(cancellationToken);
        silo.Clock.Advance(TimeSpan.FromMinutes(1));
        Touch();
        await MeasureAsync("Journal: save every clock", count, () => _journal.FlushAsync(cancellationToken));
    }

    /// <summary>Rounds that find nothing, that move on the dates of sessions that live, that sweep them all, and that forget them after their retention.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await MeasureAsync("Sweep: a round with nothing due", count, () => _sweeper.SweepAsync(cancellationToken));
        silo.Clock.Advance(TimeSpan.FromMinutes(20));
        Touch();
        await _journal.FlushAsync(cancellationToken);
        silo.Clock.Advance(TimeSpan.FromMinutes(20));
        await MoveOnAsync(cancellationToken);

        silo.Clock.Advance(TimeSpan.FromMinutes(40));
        await RoundsAsync("Sweep: every session expired", () => silo.Live.Count == 0, cancellationToken);
        silo.Clock.Advance(TimeSpan.FromDays(8));
        await MeasureAsync("Sweep: forget them after their retention", count, () => _sweeper.SweepAsync(cancellationToken));
    }

    private void Touch()
    {
        var now = silo.Clock.GetUtcNow();
        foreach (var id in ids)
        {
            if (silo.Live.TryGet(id, out var session)) session.Touch(session.Origin.SecretHash.AsSpan(), now);
        }
    }

    /// <summary>Sessions that were active have their dates moved on, so many a round.</summary>
    private async Task MoveOnAsync(CancellationToken cancellationToken)
    {
        var before = await DueAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await _sweeper.SweepAsync(cancellationToken);
        var elapsed = Units.Since(started);
        var moved = before - await DueAsync(cancellationToken);
        phase("Sweep: a round that moves on the dates of live sessions", (int)moved, elapsed, null, $"{Units.Count(before)} were due");
    }

    private async Task<long> DueAsync(CancellationToken cancellationToken) => (await silo.Service<IDatabase>().ReadAsync(
        new Operation("query", "sessions"),
        new Statement("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL AND next_check_at <= @now", ("@now", silo.Clock.GetUtcNow().UtcTicks)),
        row => row.GetInt64(0),
        cancellationToken))[0];

    private async Task RoundsAsync(string what, Func<bool> done, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var rounds = 0;
        do
        {
            await _sweeper.SweepAsync(cancellationToken);
            rounds++;
        }
        while (!done() && rounds < RoundsAtMost);
        phase(what, count, Units.Since(started), null, $"{rounds} round(s), {Units.Count(silo.Live.Count)} left");
    }

    private async Task MeasureAsync(string what, int sessions, Func<Task> action)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        await action();
        var elapsed = Units.Since(started);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        phase(what, sessions, elapsed, null, $"{Units.Size(allocated / sessions)} allocated for each");
    }
}
