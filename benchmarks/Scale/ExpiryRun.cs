using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;
using Platform.Sessions;
using Platform.Storage;

namespace Platform.Benchmarks.Scale;

/// <summary>What happens behind the answers: activity is saved, expired sessions are swept. The clock is moved ahead to where it is due.</summary>
internal sealed class ExpiryRun(BenchmarkSilo silo, SessionId[] ids, PhaseTable phases)
{
    private const int RoundsAtMost = 1000;

    private readonly SessionSweeper _sweeper = silo.Service<SessionSweeper>();
    private readonly ActivityWriter _activity = silo.Service<ActivityWriter>();

    /// <summary>Every session touched since the last flush.</summary>
    public async Task SaveActivityAsync(CancellationToken cancellationToken)
    {
        await _activity.FlushAsync(cancellationToken);
        silo.Clock.Advance(TimeSpan.FromMinutes(1));
        Touch();
        await phases.MeasureAsync("Activity writer: save every clock", ids.Length, () => _activity.FlushAsync(cancellationToken));
    }

    /// <summary>Rounds that find nothing, that move on the dates of sessions that live, that sweep them all, and that forget them after their retention.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await phases.MeasureAsync("Sweep: a round with nothing due", ids.Length, () => _sweeper.SweepAsync(cancellationToken));
        silo.Clock.Advance(TimeSpan.FromMinutes(20));
        Touch();
        await _activity.FlushAsync(cancellationToken);
        silo.Clock.Advance(TimeSpan.FromMinutes(20));
        await MoveOnAsync(cancellationToken);

        silo.Clock.Advance(TimeSpan.FromMinutes(40));
        await RoundsAsync("Sweep: every session expired", () => silo.Live.Count == 0, cancellationToken);
        silo.Clock.Advance(TimeSpan.FromDays(8));
        await phases.MeasureAsync("Sweep: forget them after their retention", ids.Length, () => _sweeper.SweepAsync(cancellationToken));
    }

    private void Touch()
    {
        var now = silo.Clock.GetUtcNow();
        foreach (var id in ids)
        {
            if (silo.Live.TryGet(id, out var session)) session.Touch(session.Origin.SecretHash.AsSpan(), null, now);
        }
    }

    /// <summary>Sessions that were active have their dates moved on, so many a round.</summary>
    private async Task MoveOnAsync(CancellationToken cancellationToken)
    {
        var before = await DueAsync(cancellationToken);
        var effort = Effort.Start();
        await _sweeper.SweepAsync(cancellationToken);
        var spent = effort.Stop();
        var moved = before - await DueAsync(cancellationToken);
        phases.Add("Sweep: a round that moves on the dates of live sessions", (int)moved, spent, $"{Units.Count(before)} were due");
    }

    private async Task<long> DueAsync(CancellationToken cancellationToken) => (await silo.Service<IDatabase>().ReadAsync(
        new Operation("query", "sessions"),
        new Statement("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL AND next_check_at <= @now", ("@now", silo.Clock.GetUtcNow().UtcTicks)),
        row => row.GetInt64(0),
        cancellationToken))[0];

    private async Task RoundsAsync(string what, Func<bool> done, CancellationToken cancellationToken)
    {
        var rounds = 0;
        await phases.MeasureAsync(what, ids.Length, SweepUntilDoneAsync, () => $"{rounds} round(s), {Units.Count(silo.Live.Count)} left");

        async Task SweepUntilDoneAsync()
        {
            do
            {
                await _sweeper.SweepAsync(cancellationToken);
                rounds++;
            }
            while (!done() && rounds < RoundsAtMost);
        }
    }
}
