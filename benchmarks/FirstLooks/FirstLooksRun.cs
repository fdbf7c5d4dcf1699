using System.Collections.Immutable;
using Platform.Api.Authentication;
using Platform.Api.Tokens;
using Platform.Benchmarks.Compare.Servers;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;
using Platform.Sessions;

namespace Platform.Benchmarks.FirstLooks;

/// <summary>Rounds in which every way has its turn, each round beginning with another; each turn asks for every session once.</summary>
internal sealed class FirstLooksRun(LookHost host, string[] tokens, int inFlight, Func<Task<ServerUsage>> silo, Report report)
{
    private readonly IEmptyGrain[] _empty = [.. tokens.Select((_, i) => host.Grains.GetGrain<IEmptyGrain>($"emp_{i:x32}"))];
    private readonly LookBatcher _batcher = new(host.Grains.GetGrain<IBatchedLooksGrain>(0));

    public async Task RunAsync(int rounds, CancellationToken cancellationToken)
    {
        (string Name, Func<Task> Turn)[] ways =
        [
            ("an Orleans call that does nothing", () => ForAllAsync(i => _empty[i].CallAsync())),
            ("first look, no replica kept", LookAsync),
            ("first look, and its replica", LookAndKeepAsync),
            ("first looks in batches, no replica kept (prototype)", () => ForAllAsync(PeekInBatchAsync)),
        ];
        var rows = ways.Select(_ => new List<Turn>()).ToArray();

        // Two of them warm up.
        for (var round = -2; round < rounds; round++)
        {
            for (var turn = 0; turn < ways.Length; turn++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var index = (turn + Math.Abs(round)) % ways.Length;
                var before = await silo();
                var effort = Effort.Start();
                await ways[index].Turn();
                var spent = effort.Stop();
                if (round >= 0) rows[index].Add(new Turn(spent, (await silo()).Processor - before.Processor));
            }
        }

        report.Line(
            $"{rounds} rounds; in each, every way asks for {Units.Count(tokens.Length)} sessions once, {inFlight} at a time. Each cell is the median of the rounds, and in brackets the tenth and the ninetieth percentile. Ratios are to the first row in the same round.");
        report.Table("First looks", "What", "Time each", "Ratio of times", "Host's processor each", "Silo's processor each", "Ratio of processor time, both", "Host allocates each");
        for (var i = 0; i < ways.Length; i++)
        {
            report.Row(
                ways[i].Name,
                Spread.Of(rows[i].Select(turn => turn.Host.Elapsed.TotalMicroseconds / tokens.Length)).ToCell(" µs"),
                Spread.Of(rows[i].Zip(rows[0], (own, first) => own.Host.Elapsed / first.Host.Elapsed)).ToCell(),
                Spread.Of(rows[i].Select(turn => turn.Host.Processor.TotalMicroseconds / tokens.Length)).ToCell(" µs"),
                Spread.Of(rows[i].Select(turn => turn.Silo.TotalMicroseconds / tokens.Length)).ToCell(" µs"),
                Spread.Of(rows[i].Zip(rows[0], (own, first) => own.Both / first.Both)).ToCell(),
                Units.Size((long)Spread.Of(rows[i].Select(turn => (double)turn.Host.Allocated / tokens.Length)).Median));
        }
    }

    private async Task LookAsync()
    {
        var (authenticator, _) = host.NewKnowingNone(maxReplicas: 0);
        await ForAllAsync(i => CheckAsync(authenticator, i));
    }

    /// <summary>Over when all replicas are there.</summary>
    private async Task LookAndKeepAsync()
    {
        var (authenticator, replicas) = host.NewKnowingNone(maxReplicas: 10_000_000);
        await ForAllAsync(i => CheckAsync(authenticator, i));
        while (replicas.Count < tokens.Length) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        await replicas.StopAsync(default);
    }

    private async Task CheckAsync(SessionAuthenticator authenticator, int i)
    {
        var check = await authenticator.CheckAsync(tokens[i].AsMemory(), new SessionCheckRequest(SessionCheckMode.Validate, null), default);
        if (check.State != SessionState.Live) throw new InvalidOperationException($"A session was {check.State}.");
    }

    private async Task PeekInBatchAsync(int i)
    {
        var check = await _batcher.PeekAsync(Open(tokens[i]));
        if (check.State != SessionState.Live) throw new InvalidOperationException($"A session was {check.State}.");
    }

    private BatchedLook Open(string token)
    {
        Span<byte> hash = stackalloc byte[SessionToken.HashSize];
        if (host.Ring.TryOpen(token, TimeProvider.System.GetUtcNow(), hash, out var id) != TokenOutcome.Opened) throw new InvalidOperationException("A token does not open.");
        return new BatchedLook(id, ImmutableArray.Create<byte>(hash));
    }

    private Task ForAllAsync(Func<int, Task> ask)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(AskAsync)));

        async Task AskAsync()
        {
            while (Interlocked.Increment(ref next) is var i && i < tokens.Length) await ask(i);
        }
    }

    private readonly record struct Turn(Spent Host, TimeSpan Silo)
    {
        public TimeSpan Both => Host.Processor + Silo;
    }
}
