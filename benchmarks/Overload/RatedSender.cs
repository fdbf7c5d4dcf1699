using System.Diagnostics;
using System.Threading.Channels;
using Platform.Benchmarks.Load;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Overload;

/// <summary>Sends requests in turn over connections that are its own: at a rate whatever becomes of them, or one after the other.</summary>
internal sealed class RatedSender(ILoadClient[] clients, LoadRequest[] requests)
{
    /// <summary>A call that found no connection for so long is given up: its client would have.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private long _number;

    /// <summary>In an open loop.</summary>
    public async Task SendAtRateAsync(OverloadPart part, TimeSpan duration, double perSecond, CancellationToken interrupt)
    {
        var started = Stopwatch.GetTimestamp();
        var due = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleWriter = true });
        var workers = clients.Select(client => Task.Run(() => WorkAsync(client, due.Reader, part), CancellationToken.None)).ToArray();
        await Task.Factory.StartNew(() => Dispatch(due.Writer, started, duration, perSecond, interrupt), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(workers);
    }

    /// <summary>In a closed loop, over the first connections.</summary>
    public Task SendOneAfterTheOtherAsync(OverloadPart part, TimeSpan duration, int connections, CancellationToken interrupt)
    {
        var started = Stopwatch.GetTimestamp();
        return Task.WhenAll(clients.Take(connections).Select(client => Task.Run(
            async () =>
            {
                while (Units.Since(started) < duration && !interrupt.IsCancellationRequested) await SendAsync(client, part);
            },
            CancellationToken.None)));
    }

    private static void Dispatch(ChannelWriter<long> due, long started, TimeSpan duration, double perSecond, CancellationToken interrupt)
    {
        long sent = 0;
        using var pause = new ManualResetEventSlim();
        for (var elapsed = TimeSpan.Zero; elapsed < duration && !interrupt.IsCancellationRequested; elapsed = Units.Since(started))
        {
            for (var wanted = (long)(elapsed.TotalSeconds * perSecond); sent < wanted; sent++) due.TryWrite(Stopwatch.GetTimestamp());
            pause.Wait(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        }

        due.Complete();
    }

    private async Task WorkAsync(ILoadClient client, ChannelReader<long> due, OverloadPart part)
    {
        await foreach (var at in due.ReadAllAsync())
        {
            if (Stopwatch.GetElapsedTime(at) > Patience) part.RecordUnsent();
            else await SendAsync(client, part);
        }
    }

    private async Task SendAsync(ILoadClient client, OverloadPart part)
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
