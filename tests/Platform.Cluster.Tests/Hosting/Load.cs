using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace Platform.Cluster.Tests.Hosting;

/// <summary>
/// Clients at work on all nodes without a pause, whatever happens to those: they look at sessions, touch them, open and end some. Every answer is judged by the ledger.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private const int LookersPerNode = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>A touch on one host is known to the others within half a second (decision 90), on a busy machine later.</summary>
    private static readonly TimeSpan UntilKnown = TimeSpan.FromSeconds(3);

    /// <summary>Between two looks of a client, so that two cores are enough for all.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    private readonly Cluster _cluster;
    private readonly Ledger _ledger;
    private readonly Tenant _tenant;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _workers = [];
    private readonly ConcurrentQueue<string> _violations = [];
    private readonly ConcurrentDictionary<string, Touches> _touches = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _ended = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (long At, TimeSpan Longest)> _answered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Node, string Kind), int> _counts = new();
    private int _answers;

    public Load(Cluster cluster, Ledger ledger, Tenant tenant, bool churn = true)
    {
        (_cluster, _ledger, _tenant) = (cluster, ledger, tenant);
        foreach (var node in cluster.Nodes) Include(node);
        if (!churn) return;
        _workers.Add(Task.Run(SignInAsync));
        _workers.Add(Task.Run(SignOutAsync));
    }

    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Touches that were answered and later unknown, by session.</summary>
    public ConcurrentQueue<string> ActivityLost { get; } = new();

    /// <summary>Longest time in which one and the same session was answered nowhere.</summary>
    public TimeSpan LongestGap => _answered.IsEmpty ? TimeSpan.Zero : _answered.Values.Max(answered => answered.Longest);

    /// <param name="node">Of which.</param>
    /// <param name="kind"><c>ok</c>, <c>refused</c>, <c>503</c>, or <c>cut</c> for no answer.</param>
    public int Count(ClusterNode node, string kind) => _counts.GetValueOrDefault((node.Name, kind));

    public void Include(ClusterNode node)
    {
        for (var i = 0; i < LookersPerNode; i++) _workers.Add(Task.Run(() => CheckAsync(node)));
    }

    /// <summary>Waits for so many answers more: what is to happen under load happens then.</summary>
    public Task AnswersAsync(int more)
    {
        var wanted = Volatile.Read(ref _answers) + more;
        return Until.TrueAsync(() => Task.FromResult(Volatile.Read(ref _answers) >= wanted), "the load is answered");
    }

    /// <summary>Every touch that was answered is known to all nodes, once they have had time to tell each other. After the load has stopped.</summary>
    public async Task EveryTouchIsKnownAsync()
    {
        foreach (var token in _ledger.Tokens)
        {
            if (!_touches.TryGetValue(token, out var touches)) continue;
            foreach (var node in _cluster.Nodes)
            {
                await Until.TrueAsync(
                    async () =>
                    {
                        var answer = await node.Platform!.PeekAsync(token);
                        return !answer.IsLive && !answer.IsOutage || answer.IsLive && answer.Json.GetProperty("lastActivityAt").GetDateTimeOffset() >= touches.Latest;
                    },
                    $"{node.Name} knows of a touch at {touches.Latest:O}");
            }
        }
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_ledger.SignIns} sign-ins and {_ledger.SignOuts} sign-outs acknowledged, longest gap of a session {LongestGap.TotalSeconds:F2} s, {_violations.Count} violations; ")
        + string.Join(", ", _counts.OrderBy(count => count.Key).Select(count => $"{count.Key.Node} {count.Key.Kind} {count.Value}"));

    private async Task CheckAsync(ClusterNode node)
    {
        while (!_stopping.IsCancellationRequested)
        {
            await Task.Delay(Pace, TimeProvider.System);
            var tokens = _ledger.Tokens.ToArray();
            if (tokens.Length == 0) continue;

            var token = tokens[RandomNumberGenerator.GetInt32(tokens.Length)];
            var touch = RandomNumberGenerator.GetInt32(4) == 0;
            if (await AskAsync(node, platform => touch ? platform.TouchAsync(token) : platform.PeekAsync(token)) is not { } answer) continue;
            if (_ledger.Judge(token, answer) is { } violation)
            {
                _ended.TryGetValue(token, out var ended);
                var id = answer.IsLive ? answer.Json.GetProperty("id").GetString()! : "";
                Violated($"{node.Name}: {violation}; session {id}, grain at silo port {await _cluster.Database.SiloPortOfAsync(id)}; {ended}; asked at {answer.SentAt:O}");
            }

            if (!answer.IsLive) continue;
            Answered(token);
            var last = answer.Json.GetProperty("lastActivityAt").GetDateTimeOffset();
            var touches = _touches.GetOrAdd(token, _ => new Touches());
            var known = touches.AnsweredBefore(answer.SentAt - UntilKnown);
            if (last < known)
            {
                ActivityLost.Enqueue($"{node.Name}: asked at {answer.SentAt:O} it answered {last:O}, though a touch at {known:O} had been answered {UntilKnown.TotalSeconds:F0} s before");
            }

            if (touch) touches.Add(answer.AnsweredAt, last);
        }
    }

    private async Task SignInAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var node = AnyNode();
            if (await AskAsync(node, platform => platform.TrySignInAsync(_tenant.Slug, "owner", ApiCalls.Password)) is not { } answer) continue;
            if (answer.IsLive) _ledger.SignedIn(SignedIn.Of(answer).Token);
            else if (!answer.IsOutage) Violated($"{node.Name}: sign-in answered {answer.Status} {answer.Text}");
        }
    }

    private async Task SignOutAsync()
    {
        var (random, signIns) = (new Random(RandomNumberGenerator.GetInt32(int.MaxValue)), _ledger.SignIns);
        while (!_stopping.IsCancellationRequested)
        {
            // Not more than were opened since, so that sessions stay to be looked at.
            if (_ledger.SignOuts >= _ledger.SignIns - signIns || _ledger.TakeLive(random) is not { } token)
            {
                await Task.Delay(Pause, TimeProvider.System);
                continue;
            }

            var node = AnyNode();
            if (await AskAsync(node, platform => platform.SignOutAsync(token)) is not { } answer) continue;
            _ended[token] = $"ended at {node.Name}, asked {answer.SentAt:O}, answered {answer.AnsweredAt:O}";
            if (answer.IsLive) _ledger.SignedOut(token);
            else if (!answer.IsOutage) Violated($"{node.Name}: sign-out answered {answer.Status} {answer.Text}");
        }
    }

    /// <returns>Null when there was no answer, which is right only where the node had a fault.</returns>
    private async Task<Answer?> AskAsync(ClusterNode node, Func<PlatformProcess, Task<Answer>> ask)
    {
        var faults = node.Faults;
        if (node.Platform is not { } platform)
        {
            await Task.Delay(Pause, TimeProvider.System);
            return null;
        }

        try
        {
            var answer = await ask(platform);
            Counted(node, answer.IsLive ? "ok" : answer.IsRefused ? "refused" : answer.IsOutage ? "503" : answer.Status.ToString());
            Interlocked.Increment(ref _answers);
            if (!answer.IsLive && !answer.IsRefused && !answer.IsOutage) Violated($"{node.Name}: {answer.Status} {answer.Text}");
            return answer;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            Counted(node, "cut");
            if (faults % 2 == 0 && node.Faults == faults) Violated($"{node.Name}: no answer though nothing was done to it: {failure.Message}");
            await Task.Delay(Pause, TimeProvider.System);
            return null;
        }
    }

    private ClusterNode AnyNode() => _cluster[RandomNumberGenerator.GetInt32(_cluster.Nodes.Count)];

    private void Answered(string token)
    {
        var now = TimeProvider.System.GetTimestamp();
        _answered.AddOrUpdate(token, (now, TimeSpan.Zero), (_, known) =>
        {
            var gap = TimeProvider.System.GetElapsedTime(known.At, now);
            return (now, gap > known.Longest ? gap : known.Longest);
        });
    }

    private void Counted(ClusterNode node, string kind) => _counts.AddOrUpdate((node.Name, kind), 1, (_, count) => count + 1);

    private void Violated(string text) => _violations.Enqueue(text);

    /// <summary>Of one session: when touches were answered, and as what activity.</summary>
    private sealed class Touches
    {
        private readonly Lock _gate = new();
        private readonly List<(DateTimeOffset AnsweredAt, DateTimeOffset Activity)> _answered = [];

        public DateTimeOffset Latest => AnsweredBefore(DateTimeOffset.MaxValue);

        public void Add(DateTimeOffset answeredAt, DateTimeOffset activity)
        {
            lock (_gate) _answered.Add((answeredAt, activity));
        }

        /// <summary>The latest activity that had been answered then; the beginning of time where none had.</summary>
        public DateTimeOffset AnsweredBefore(DateTimeOffset moment)
        {
            lock (_gate) return _answered.Where(touch => touch.AnsweredAt < moment).Select(touch => touch.Activity).DefaultIfEmpty().Max();
        }
    }
}
