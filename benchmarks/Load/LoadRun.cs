using System.Diagnostics;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <summary>
/// Open loop: request number n is due at n divided by the rate, whatever became of those before it. Its latency counts from then, also when it had to wait because all connections were
/// busy: a platform that stalls is not asked less, and cannot hide it (coordinated omission). Closed loop: each connection sends as soon as it was answered.
/// </summary>
internal sealed class LoadRun : IDisposable
{
    /// <summary>For answers that are under way when somebody interrupts.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>After a connection could not be made, so that a closed loop does not count refusals by the million.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly LoadOptions _options;
    private readonly LoadPlan _plan;
    private readonly Lane[] _lanes;
    private readonly Dictionary<LoadCall, LoadOutcomes> _outcomes = LoadCall.All.ToDictionary(call => call, _ => new LoadOutcomes());
    private long _dispatched;
    private long _recorded;
    private long _abandoned;
    private long _started;
    private bool _measured;

    /// <param name="options">How much of it.</param>
    /// <param name="plan">Of what.</param>
    /// <param name="clients">Of each host those that send to it.</param>
    public LoadRun(LoadOptions options, LoadPlan plan, IReadOnlyList<ILoadClient[]> clients)
    {
        (_options, _plan) = (options, plan);
        _lanes = [.. clients.Select((own, i) => new Lane(i, own))];
        Timeline = new LoadTimeline(options.Duration);
    }

    public IReadOnlyDictionary<LoadCall, LoadOutcomes> Outcomes => _outcomes;

    public LoadTimeline Timeline { get; }

    /// <summary>From the first due time to the last answer.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Were due but not sent, because the platform did not answer in time for <see cref="LoadOptions.Timeout"/> after the end of the plan.</summary>
    public long Unsent { get; private set; }

    /// <summary>Were under way when somebody interrupted.</summary>
    public long Abandoned => Volatile.Read(ref _abandoned);

    public bool Interrupted { get; private set; }

    /// <summary>Due and not answered yet.</summary>
    public long Waiting => _options.Closed ? 0 : Math.Max(0, Volatile.Read(ref _dispatched) - Volatile.Read(ref _recorded));

    /// <summary>The calls of the mix together.</summary>
    public LoadOutcomes Total()
    {
        var all = new LoadOutcomes();
        foreach (var call in LoadCall.OfMixes)
        {
            all.FromDue.Add(_outcomes[call].FromDue);
            all.FromSent.Add(_outcomes[call].FromSent);
        }

        return all;
    }

    public Task WarmUpAsync(CancellationToken interrupt) => SendAllAsync(_options.WarmUp, measured: false, interrupt);

    /// <summary>Ends early where it is interrupted; what was measured until then is there.</summary>
    public async Task MeasureAsync(CancellationToken interrupt)
    {
        await SendAllAsync(_options.Duration, measured: true, interrupt);
        Elapsed = Units.Since(_started);
        Interrupted = interrupt.IsCancellationRequested;
        Unsent = _options.Closed ? 0 : _dispatched - _recorded - _abandoned;
        Timeline.End(Elapsed.TotalSeconds);
    }

    public void Dispose()
    {
        foreach (var lane in _lanes) lane.Dispose();
    }

    private async Task SendAllAsync(TimeSpan duration, bool measured, CancellationToken interrupt)
    {
        (_measured, _dispatched, _recorded, _abandoned) = (measured, 0, 0, 0);
        foreach (var lane in _lanes) lane.Reset();
        _started = Stopwatch.GetTimestamp();
        var end = _started + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var giveUp = end + (long)(_options.Timeout.TotalSeconds * Stopwatch.Frequency);
        using var over = new CancellationTokenSource();
        await using var ending = interrupt.Register(over.Cancel);
        var workers = _lanes.SelectMany(lane => lane.Clients.Select(client => Task.Run(() => WorkAsync(lane, client, _options.Closed ? end : giveUp, over.Token), CancellationToken.None))).ToArray();
        var watching = WatchAsync(over.Token);

        // A thread of its own: timers of the pool are late by milliseconds when the machine is busy.
        if (!_options.Closed) await Task.Factory.StartNew(() => Dispatch(duration, over.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var working = Task.WhenAll(workers);
        await Task.WhenAny(working, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, over.Token));
        if (over.IsCancellationRequested) await FinishAsync(working);
        await over.CancelAsync();
        await watching;
        await working;
    }

    private async Task FinishAsync(Task working)
    {
        if (await Task.WhenAny(working, Task.Delay(Patience, TimeProvider.System, CancellationToken.None)) == working) return;
        foreach (var client in _lanes.SelectMany(lane => lane.Clients)) client.Abort();
    }

    /// <summary>Lets go what is due, one host after the other.</summary>
    private void Dispatch(TimeSpan duration, CancellationToken over)
    {
        var total = (long)(duration.TotalSeconds * _options.Rate);
        for (long released = 0; released < total && !over.IsCancellationRequested;)
        {
            Pace.WaitUntil(Due(released), over);
            var due = Math.Min(total, 1 + (long)((Stopwatch.GetTimestamp() - _started) * (double)_options.Rate / Stopwatch.Frequency));
            for (; released < due; released++) _lanes[released % _lanes.Length].Release();
            Volatile.Write(ref _dispatched, released);
        }

        foreach (var lane in _lanes) lane.Finish();
    }

    private long Due(long number) => _started + (long)(number * (double)Stopwatch.Frequency / _options.Rate);

    private async Task WorkAsync(Lane lane, ILoadClient client, long until, CancellationToken over)
    {
        while (!over.IsCancellationRequested && Stopwatch.GetTimestamp() < until)
        {
            var next = _options.Closed ? lane.Next() : await lane.NextDueAsync();
            var number = (next * _lanes.Length) + lane.Index;
            var sent = Stopwatch.GetTimestamp();
            if (next < 0 || over.IsCancellationRequested || sent >= until) return;
            await SendAsync(client, _plan[number], _options.Closed ? sent : Due(number), sent, over);
        }
    }

    private async ValueTask SendAsync(ILoadClient client, LoadRequest request, long due, long sent, CancellationToken over)
    {
        string? fault;
        string? opened = null;
        var pause = false;
        try
        {
            var answer = await client.SendAsync(request);
            fault = request.Call.Fault(answer);
            if (fault is null && request.Call == LoadCall.SignIn) opened = LoadCall.Token(answer);
        }
        catch (LoadFailure) when (over.IsCancellationRequested)
        {
            Interlocked.Increment(ref _abandoned);
            return;
        }
        catch (LoadFailure failure)
        {
            (fault, pause) = (failure.Message, failure.Unreachable && _options.Closed);
        }

        Record(request.Call, fault, due, sent);
        if (request.Call != LoadCall.SignOut) Interlocked.Increment(ref _recorded);
        if (opened is not null)
        {
            var now = Stopwatch.GetTimestamp();
            await SendAsync(client, LoadPlan.SignOut(opened), now, now, over);
        }

        if (pause) await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
    }

    private void Record(LoadCall call, string? fault, long due, long sent)
    {
        if (!_measured) return;
        var answered = Stopwatch.GetTimestamp();
        var latency = LatencyHistogram.ToNanoseconds(answered - due);
        _outcomes[call].Record(fault, latency, LatencyHistogram.ToNanoseconds(answered - sent));
        if (call != LoadCall.SignOut || fault is not null) Timeline.Record(fault is not null, latency);
    }

    /// <summary>Looks for requests that have waited too long.</summary>
    private async Task WatchAsync(CancellationToken over)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                foreach (var client in _lanes.SelectMany(lane => lane.Clients)) client.EndLate(_options.Timeout);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <summary>What one host is to be sent: every so many-th request, whatever the other hosts do.</summary>
    private sealed class Lane(int index, ILoadClient[] clients) : IDisposable
    {
        private SemaphoreSlim _due = new(0);
        private long _next = -1;
        private long _released;
        private long _planned = long.MaxValue;

        public int Index => index;

        public ILoadClient[] Clients => clients;

        public void Reset()
        {
            _due.Dispose();
            (_due, _next, _released, _planned) = (new SemaphoreSlim(0), -1, 0, long.MaxValue);
        }

        public void Release()
        {
            _released++;
            _due.Release();
        }

        /// <summary>No more will be due: who waits may go.</summary>
        public void Finish()
        {
            Volatile.Write(ref _planned, _released);
            _due.Release(clients.Length);
        }

        public long Next() => Interlocked.Increment(ref _next);

        /// <returns>Negative: no more will be due.</returns>
        public async ValueTask<long> NextDueAsync()
        {
            await _due.WaitAsync(CancellationToken.None);
            var next = Next();
            return next < Volatile.Read(ref _planned) ? next : -1;
        }

        public void Dispose() => _due.Dispose();
    }
}
