using System.Globalization;

namespace Platform.Silos.Tests.Hosting;

/// <summary>Hosts beside all silos ask without a pause while something is changed on one of them. Once the change was answered, no question that begins later may be answered as before.</summary>
internal sealed class Race(SiloCluster cluster)
{
    private const int AskersPerSilo = 2;
    private const int AsksAfter = 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private int _asked;
    private int _stale;

    /// <summary>Questions that began after the answer to the change and were answered as before it.</summary>
    public int Stale => _stale;

    /// <param name="ask">True: as before the change. Null: an outage.</param>
    /// <param name="change">Returns when it was answered.</param>
    public async Task RunAsync(Func<TestSilo, Task<bool?>> ask, Func<Task> change)
    {
        var changed = 0;
        using var accepted = new CountdownEvent(cluster.Silos.Count * AskersPerSilo);
        var loops = cluster.Silos.SelectMany(silo => Enumerable.Repeat(silo, AskersPerSilo)).Select(silo => Task.Run(() => LoopAsync(silo))).ToArray();
        (await Task.Run(() => accepted.Wait(Timeout))).ShouldBeTrue("all are answered as before at first");
        await change();
        Volatile.Write(ref changed, 1);
        await Task.WhenAll(loops).WaitAsync(Timeout, TimeProvider.System);

        async Task LoopAsync(TestSilo silo)
        {
            var told = false;
            for (var after = 0; after < AsksAfter;)
            {
                var late = Volatile.Read(ref changed) == 1;
                var answer = await ask(silo);
                Interlocked.Increment(ref _asked);
                if (late)
                {
                    after++;
                    if (answer == true) Interlocked.Increment(ref _stale);
                }

                if (!told && answer == true)
                {
                    told = true;
                    accepted.Signal();
                }

                // A look in memory does not wait; the change gets its share of the processors.
                await Task.Yield();
            }
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_asked} questions, {_stale} stale answers");
}
