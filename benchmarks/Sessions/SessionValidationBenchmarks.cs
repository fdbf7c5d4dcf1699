using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Platform.Api.Authentication;
using Platform.Api.Tokens;
using Platform.Benchmarks.Hosting;
using Platform.Sessions;

namespace Platform.Benchmarks.Sessions;

/// <summary>
/// What validating a live session costs in the process that holds it, against a grain call that does nothing. Goes round a thousand sessions.
/// One invocation makes many calls, one after the other, so that waking the measuring thread does not count.
/// </summary>
public class SessionValidationBenchmarks
{
    private const int Count = 1024;
    private const int SessionsPerUser = 16;

    private readonly SessionId[] _ids = new SessionId[Count];
    private readonly ImmutableArray<byte>[] _hashes = new ImmutableArray<byte>[Count];
    private readonly ReadOnlyMemory<char>[] _tokens = new ReadOnlyMemory<char>[Count];

    private BenchmarkSilo _silo = null!;
    private LiveSessions _live = null!;
    private SessionAuthenticator _authenticator = null!;
    private TimeProvider _time = null!;
    private IGrainFactory _grains = null!;
    private IEmptyGrain _empty = null!;

    // The in-process toolchain does not wait for a set-up that returns a task.
    [GlobalSetup]
    public void Setup() => SetupAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Cleanup() => _silo.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public async Task<int> EmptyGrainCall()
    {
        for (var i = 0; i < Count; i++) await _empty.CallAsync();
        return Count;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int RecordPeek()
    {
        var live = 0;
        for (var i = 0; i < Count; i++)
        {
            if (_live.TryGet(_ids[i], out var session) && session.Peek(_hashes[i].AsSpan(), null, _time.GetUtcNow()) == SessionState.Live) live++;
        }

        return All(live);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int RecordTouch()
    {
        var live = 0;
        for (var i = 0; i < Count; i++)
        {
            if (_live.TryGet(_ids[i], out var session) && session.Touch(_hashes[i].AsSpan(), null, _time.GetUtcNow()) == SessionState.Live) live++;
        }

        return All(live);
    }

    /// <summary>As <c>POST /v1/session/validate</c>: token opened, no view made.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public Task<int> GateValidate() => GateAsync(SessionCheckMode.Validate);

    /// <summary>As <c>GET /v1/session</c>, with a view.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public Task<int> GatePeek() => GateAsync(SessionCheckMode.Peek);

    /// <summary>As <c>POST /v1/session/touch</c>, with a view.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public Task<int> GateTouch() => GateAsync(SessionCheckMode.Touch);

    /// <summary>What of the two below is making the key and the reference.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int GrainReference()
    {
        var made = 0;
        for (var i = 0; i < Count; i++)
        {
            if (_grains.Session(_ids[i]) is not null) made++;
        }

        return All(made);
    }

    /// <summary>As from another process, but for the network: through the session's grain.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public async Task<int> GrainPeek()
    {
        var live = 0;
        for (var i = 0; i < Count; i++)
        {
            if ((await _grains.Session(_ids[i]).PeekAsync(_hashes[i], null, null, default)).State == SessionState.Live) live++;
        }

        return All(live);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public async Task<int> GrainTouch()
    {
        var live = 0;
        for (var i = 0; i < Count; i++)
        {
            if ((await _grains.Session(_ids[i]).TouchAsync(_hashes[i], null, null, default)).State == SessionState.Live) live++;
        }

        return All(live);
    }

    private async Task SetupAsync()
    {
        _silo = await BenchmarkSilo.StartAsync();
        (_live, _authenticator, _time, _grains) = (_silo.Live, _silo.Authenticator, _silo.Clock, _silo.Grains);
        _empty = _grains.GetGrain<IEmptyGrain>("empty_");
        var maker = new SessionMaker();
        var key = await _silo.Service<TokenKeyRing>().SealingKeyAsync(default);
        UserId user = default;
        for (var i = 0; i < Count; i++)
        {
            if (i % SessionsPerUser == 0) user = await maker.NewUserAsync(_silo, i);
            _ids[i] = await maker.OpenAsync(_silo, user, i);
            _hashes[i] = maker.SecretHash(i);
            _tokens[i] = maker.Token(key, _ids[i], i, _time.GetUtcNow() + TimeSpan.FromDays(1)).AsMemory();
        }
    }

    private async Task<int> GateAsync(SessionCheckMode mode)
    {
        var live = 0;
        for (var i = 0; i < Count; i++)
        {
            if ((await _authenticator.CheckAsync(_tokens[i], new SessionCheckRequest(mode, null), default)).State == SessionState.Live) live++;
        }

        return All(live);
    }

    /// <summary>A benchmark of refusals would look very fast.</summary>
    private static int All(int live) => live == Count ? live : throw new InvalidOperationException($"{Count - live} sessions were not live.");
}
