using System.Diagnostics;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Compare;

/// <summary>Rounds in which every row has its turn, each beginning with another: what disturbs the machine for a while disturbs all of them.</summary>
internal sealed class CompareRun(CompareOptions options, Contestants contestants)
{
    /// <summary>For an answer that does not come.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<CompareRow>> RunAsync(CancellationToken cancellationToken)
    {
        var rows = contestants.Rows;
        foreach (var row in rows) await TurnAsync(row, options.WarmUp, cancellationToken);
        var turns = rows.Select(_ => new List<Turn>()).ToArray();
        for (var round = 0; round < options.Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"Round {round + 1} of {options.Rounds}");
            for (var turn = 0; turn < rows.Count; turn++)
            {
                var index = (turn + round) % rows.Count;
                turns[index].Add(await TurnAsync(rows[index], options.Turn, cancellationToken));
            }
        }

        var (redis, naive) = (Of(Contestants.Redis, ComparedCall.Peek), Of(Contestants.Redis, ComparedCall.Naive));
        return
        [
            .. rows.Select((row, i) => CompareRow.From(row.Name, row.Call.Name, turns[i], Of(Contestants.Bare, row.Call)!, redis, naive)),
            .. contestants.LeftOut,
        ];

        List<Turn>? Of(string name, ComparedCall call) =>
            rows.Zip(turns).Where(row => row.First.Name == name && row.First.Call == call).Select(row => row.Second).FirstOrDefault();
    }

    /// <summary>Connections are opened, and each has one answer, before it counts.</summary>
    private async Task<Turn> TurnAsync(Contestant row, TimeSpan time, CancellationToken cancellationToken)
    {
        var connections = new List<LoadConnection>(options.Connections);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time + Grace);
        try
        {
            for (var i = 0; i < options.Connections; i++)
            {
                connections.Add(await LoadConnection.OpenAsync(row.Server.Port, contestants.CertificateHash, row.Requests[i % row.Requests.Length], limit.Token));
            }

            // Nothing of a connection takes a token: that would cost every request. Closed sockets end all waiting.
            await using var closing = limit.Token.Register(() => connections.ForEach(connection => connection.Abort()));
            foreach (var connection in connections) await connection.AskAsync(row.Status);
            return await MeasureAsync(row, connections, time, limit.Token);
        }
        catch (Exception failure) when (limit.IsCancellationRequested || failure is not OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = limit.IsCancellationRequested ? "no answer in time" : failure.Message;
            throw new InvalidOperationException($"{row.Name}, {row.Call.Name}: {reason}", failure);
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    private static async Task<Turn> MeasureAsync(Contestant row, List<LoadConnection> connections, TimeSpan time, CancellationToken cancellationToken)
    {
        var store = await ReadStoreAsync();
        var before = await row.Server.ReadUsageAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var end = started + (long)(time.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(connections.Select(connection => Task.Run(() => connection.RepeatAsync(end), cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(started);
        var after = await row.Server.ReadUsageAsync(cancellationToken);
        var latency = new LatencyHistogram();
        foreach (var connection in connections) latency.Add(connection.Latency);
        return new Turn(
            latency.Count, elapsed, after.Processor - before.Processor, await ReadStoreAsync() - store, after.Allocated - before.Allocated, connections.Sum(connection => connection.Bytes), latency);

        Task<TimeSpan> ReadStoreAsync() => row.Store?.ReadProcessorAsync(cancellationToken) ?? Task.FromResult(TimeSpan.Zero);
    }
}
