using System.Diagnostics;
using System.Threading.Channels;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Load;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Overload;

/// <summary>Checks of sessions at a rate over connections of their own and, over others, lists: as fast as they are answered, or at a rate whatever becomes of them.</summary>
internal sealed class OverloadRuns(ILoadClient[] forChecks, ILoadClient[] forLists, LoadSessions sessions, int checksPerSecond)
{
    private static readonly LoadCall List = new("list", 200);

    /// <summary>A call that found no connection for so long is given up: its client would have.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(30);

    private readonly LoadRequest[] _checks =
        [.. sessions.Tokens.Select(token => new LoadRequest(LoadCall.Validate, HttpMethod.Post, "/v1/session/validate", [("Authorization", "Bearer " + token)]))];

    private readonly LoadRequest[] _lists =
        [.. sessions.Tokens.Select(token => new LoadRequest(List, HttpMethod.Get, $"/v1/tenants/{ApiClient.Tenant}/users?limit=200", [("Authorization", "Bearer " + token)]))];

    private long _number;

    /// <summary>Lists in a closed loop.</summary>
    public async Task<OverloadPart> BestAsync(TimeSpan duration, int connections, CancellationToken interrupt)
    {
        var part = new OverloadPart();
        var started = Stopwatch.GetTimestamp();
        var lists = forLists.Take(connections).Select(client => Task.Run(
            async () =>
            {
                while (Units.Since(started) < duration && !interrupt.IsCancellationRequested) await SendAsync(client, _lists, part);
            },
            CancellationToken.None));
        await Task.WhenAll([.. lists, SendAtRateAsync(forChecks, _checks, part, started, duration, checksPerSecond, interrupt)]);
        return Ended(part, started, interrupt);
    }

    /// <summary>Lists in an open loop.</summary>
    public async Task<OverloadPart> AtRateAsync(TimeSpan duration, double listsPerSecond, CancellationToken interrupt)
    {
        var part = new OverloadPart();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            SendAtRateAsync(forLists, _lists, part, started, duration, listsPerSecond, interrupt),
            SendAtRateAsync(forChecks, _checks, part, started, duration, checksPerSecond, interrupt));
        return Ended(part, started, interrupt);
    }

    /// <summary>How long until half a second passes in which nothing is refused and checks are no slower than five times what they were when it was calm; null: longer than half a minute.</summary>
    public async Task<TimeSpan?> RecoverAsync(double listsPerSecond, OverloadPart calm, CancellationToken interrupt)
    {
        var started = Stopwatch.GetTimestamp();
        while (Units.Since(started) < LongestRecovery)
        {
            var begun = Units.Since(started);
            var part = await AtRateAsync(Slice, listsPerSecond, interrupt);
            if (part.Refused + part.Failed + part.Unsent == 0 && part.Checks.Percentile(99) <= 5 * calm.Checks.Percentile(99)) return begun;
        }

        return null;
    }

    private static OverloadPart Ended(OverloadPart part, long started, CancellationToken interrupt)
    {
        interrupt.ThrowIfCancellationRequested();
        part.Elapsed = Units.Since(started);
        return part;
    }

    private async Task SendAtRateAsync(
        ILoadClient[] clients, LoadRequest[] requests, OverloadPart part, long started, TimeSpan duration, double rate, CancellationToken interrupt)
    {
        var due = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleWriter = true });
        var workers = clients.Select(client => Task.Run(() => WorkAsync(client, due.Reader, requests, part), CancellationToken.None)).ToArray();
        await Task.Factory.StartNew(() => Dispatch(due.Writer, started, duration, rate, interrupt), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(workers);
    }

    private static void Dispatch(ChannelWriter<long> due, long started, TimeSpan duration, double rate, CancellationToken interrupt)
    {
        long sent = 0;
        using var pause = new ManualResetEventSlim();
        for (var elapsed = TimeSpan.Zero; elapsed < duration && !interrupt.IsCancellationRequested; elapsed = Units.Since(started))
        {
            for (var wanted = (long)(elapsed.TotalSeconds * rate); sent < wanted; sent++) due.TryWrite(Stopwatch.GetTimestamp());
            pause.Wait(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        }

        due.Complete();
    }

    private async Task WorkAsync(ILoadClient client, ChannelReader<long> due, LoadRequest[] requests, OverloadPart part)
    {
        await foreach (var at in due.ReadAllAsync())
        {
            if (Stopwatch.GetElapsedTime(at) > Patience) part.RecordUnsent();
            else await SendAsync(client, requests, part);
        }
    }

    private async Task SendAsync(ILoadClient client, LoadRequest[] requests, OverloadPart part)
    {
        var request = requests[Interlocked.Increment(ref _number) % requests.Length];
        var sent = Stopwatch.GetTimestamp();
        var status = 0;
        try
        {
            status = (await client.SendAsync(request)).Status;
        }
        catch (LoadFailure)
        {
            // Counted as failed.
        }

        part.Record(request.Call, status, LatencyHistogram.ToNanoseconds(Stopwatch.GetTimestamp() - sent));
    }
}
