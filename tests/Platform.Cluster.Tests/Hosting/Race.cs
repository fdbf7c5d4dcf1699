using System.Globalization;

namespace Platform.Cluster.Tests.Hosting;

/// <summary>
/// Clients ask on every node without a pause while something is changed on one of them. Once the change has been answered, no request that begins later may
/// get the answer of before.
/// </summary>
internal sealed class Race
{
    private const int ClientsPerNode = 2;
    private const int AsksAfter = 5;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Between two requests of a client, so that the change gets its share of two cores.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    private readonly List<TimeSpan> _lags = [];
    private readonly List<TimeSpan> _changes = [];
    private int _asked;
    private int _stale;

    /// <summary>Requests that began after the answer and were accepted.</summary>
    public int Stale => _stale;

    public Task RunAsync(Cluster cluster, Func<PlatformProcess, Task<Answer>> ask, Func<Answer, bool> isRefused, Func<Task> change) =>
        RunAsync(cluster.Nodes.Select(node => node.Platform), ask, isRefused, change);

    public async Task RunAsync(IEnumerable<PlatformProcess> hosts, Func<PlatformProcess, Task<Answer>> ask, Func<Answer, bool> isRefused, Func<Task> change)
    {
        var answeredAt = long.MaxValue;
        var nodes = hosts.SelectMany(host => Enumerable.Repeat(host, ClientsPerNode)).ToArray();
        using var accepted = new SemaphoreSlim(0);
        var loops = nodes.Select(node => Task.Run(() => LoopAsync(node))).ToArray();
        foreach (var _ in nodes)
        {
            var first = accepted.WaitAsync(Timeout);
            if (await Task.WhenAny([first, .. loops]) != first) await await Task.WhenAny(loops);
            (await first).ShouldBeTrue("a client was never accepted");
        }

        var begun = TimeProvider.System.GetTimestamp();
        await change();
        Volatile.Write(ref answeredAt, TimeProvider.System.GetTimestamp());
        _changes.Add(TimeProvider.System.GetElapsedTime(begun));
        await Task.WhenAll(loops).WaitAsync(Timeout, TimeProvider.System);

        async Task LoopAsync(PlatformProcess node)
        {
            var (told, refused) = (false, false);
            for (var after = 0; after < AsksAfter;)
            {
                var answer = await ask(node);
                var isRefusal = isRefused(answer);
                if (!isRefusal) answer.IsLive.ShouldBeTrue($"{answer.Status} {answer.Text}");
                if (isRefusal && !refused) Note(TimeProvider.System.GetTimestamp(), Volatile.Read(ref answeredAt));
                refused |= isRefusal;
                Interlocked.Increment(ref _asked);
                if (answer.Asked > Volatile.Read(ref answeredAt))
                {
                    after++;
                    if (!isRefusal) Interlocked.Increment(ref _stale);
                }

                if (!told && !isRefusal)
                {
                    told = true;
                    accepted.Release();
                }

                await Task.Delay(Pace, TimeProvider.System);
            }
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_asked} requests, {_stale} stale accepts; first refusal after the answer (0 where it came before): {Spread(_lags)}; the change took {Spread(_changes)}");

    private static string Spread(List<TimeSpan> times)
    {
        var sorted = times.Order().Select(time => time.TotalMilliseconds).ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):F1} ms, p99 {At(0.99):F1} ms, max {At(1):F1} ms of {sorted.Length}");

        double At(double share) => sorted.Length == 0 ? 0 : sorted[(int)(share * (sorted.Length - 1))];
    }

    private void Note(long refusedAt, long answeredAt)
    {
        lock (_lags) _lags.Add(answeredAt >= refusedAt ? TimeSpan.Zero : TimeProvider.System.GetElapsedTime(answeredAt, refusedAt));
    }
}
