using System.Collections.Concurrent;
using System.Diagnostics;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <summary>
/// Open loop: request number n is due at n divided by the rate, whatever became of those before it. Its latency counts from then, also when it had to
/// wait because too many were unanswered: a platform that stalls is not asked less, and cannot hide it (coordinated omission).
/// </summary>
internal sealed class LoadRun(LoadOptions options, HttpClient[] clients, string[] authorizations)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly LoadResult[] _results = [.. LoadCall.All.Select(_ => new LoadResult())];
    private readonly SemaphoreSlim _slots = new(options.InFlight);
    private readonly Random _random = new(20250101);

    public IReadOnlyList<LoadResult> Results => _results;

    /// <summary>From the first due time to the last answer.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Requests of the plan that were due but not sent, because the platform did not answer in time for <see cref="LoadOptions.Timeout"/> after its end.</summary>
    public long Unsent { get; private set; }

    /// <summary>The latencies of all calls together.</summary>
    public LoadResult Total()
    {
        var all = new LoadResult();
        foreach (var result in _results)
        {
            all.FromDue.Add(result.FromDue);
            all.FromSent.Add(result.FromSent);
        }

        return all;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await SendAllAsync(options.WarmUp, measured: false, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        Unsent = await SendAllAsync(options.Duration, measured: true, cancellationToken);
        Elapsed = Units.Since(started);
    }

    private async Task<long> SendAllAsync(TimeSpan duration, bool measured, CancellationToken cancellationToken)
    {
        // A thread of its own: timers of the pool are late by milliseconds when the machine is busy.
        var unsent = await Task.Factory.StartNew(
            () => SendOnTime(duration, measured, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // Every slot back: everything sent is answered or has timed out.
        for (var i = 0; i < options.InFlight; i++) await _slots.WaitAsync(cancellationToken);
        _slots.Release(options.InFlight);
        return unsent;
    }

    private long SendOnTime(TimeSpan duration, bool measured, CancellationToken cancellationToken)
    {
        var total = (long)(duration.TotalSeconds * options.Rate);
        var started = Stopwatch.GetTimestamp();
        var giveUp = duration + options.Timeout;
        long sent = 0;
        for (; sent < total; sent++)
        {
            var due = started + (long)((double)sent / options.Rate * Stopwatch.Frequency);
            WaitUntil(due, cancellationToken);
            var left = giveUp - Units.Since(started);
            if (left <= TimeSpan.Zero || !_slots.Wait(left, cancellationToken)) break;
            _ = SendAsync(due, _random.Next(authorizations.Length), options.Mix.Next(_random), (int)(sent % clients.Length), measured);
        }

        return total - sent;
    }

    /// <summary>Sleeps in steps of a millisecond and then sends what is due: a spinning sender would take a processor from the platform it measures.</summary>
    private static void WaitUntil(long due, CancellationToken cancellationToken)
    {
        while (Stopwatch.GetTimestamp() < due)
        {
            if (cancellationToken.WaitHandle.WaitOne(Tick)) cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task SendAsync(long due, int session, int index, int client, bool measured)
    {
        // Off the sender's thread: what a request costs here must not delay the next one.
        await Task.Yield();
        var result = _results[index];
        var sent = Stopwatch.GetTimestamp();
        try
        {
            var outcome = await OutcomeAsync(LoadCall.All[index], authorizations[session], clients[client]);
            if (measured) result.Record(outcome, due, sent, Stopwatch.GetTimestamp());
        }
        finally
        {
            _slots.Release();
        }
    }

    private static async Task<string> OutcomeAsync(LoadCall call, string authorization, HttpClient client)
    {
        try
        {
            using var request = new HttpRequestMessage(call.Method, call.Path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead);
            return LoadResult.Status((int)response.StatusCode);
        }
        catch (OperationCanceledException)
        {
            return "timed out";
        }
        catch (HttpRequestException failure)
        {
            return $"failed ({failure.HttpRequestError})";
        }
    }
}

/// <summary>What became of one kind of call.</summary>
internal sealed class LoadResult
{
    private static readonly string[] Statuses = [.. Enumerable.Range(0, 1000).Select(status => status.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    private readonly ConcurrentDictionary<string, StrongBox> _outcomes = new(StringComparer.Ordinal);

    /// <summary>From when the request was due: what a client would have seen.</summary>
    public LatencyHistogram FromDue { get; } = new();

    /// <summary>From when it was sent: what the platform and the connection took.</summary>
    public LatencyHistogram FromSent { get; } = new();

    public IEnumerable<(string Outcome, long Count)> Outcomes => _outcomes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value.Value));

    public static string Status(int status) => Statuses[status];

    public void Record(string outcome, long due, long sent, long answered)
    {
        FromDue.RecordShared(LatencyHistogram.ToNanoseconds(answered - due));
        FromSent.RecordShared(LatencyHistogram.ToNanoseconds(answered - sent));
        Interlocked.Increment(ref _outcomes.GetOrAdd(outcome, static _ => new StrongBox()).Value);
    }

    private sealed class StrongBox
    {
        public long Value;
    }
}
