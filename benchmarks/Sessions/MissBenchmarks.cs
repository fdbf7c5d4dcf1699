using BenchmarkDotNet.Attributes;
using Platform.Api.Authentication;
using Platform.Api.Tokens;
using Platform.Benchmarks.Hosting;
using Platform.Sessions;

namespace Platform.Benchmarks.Sessions;

/// <summary>
/// Genuine tokens of sessions that are not there: asked for the first time, when a grain is activated that finds nothing stored, and again, when the host remembers. Forged tokens:
/// <see cref="Security.TokenBenchmarks"/>.
/// </summary>
/// <remarks>Each iteration needs new ones, so all have one invocation: otherwise there would be no baseline to compare with.</remarks>
[InvocationCount(1, unrollFactor: 1)]
public class MissBenchmarks
{
    private const int Count = 1_024;

    private readonly ReadOnlyMemory<char>[] _known = new ReadOnlyMemory<char>[Count];
    private readonly ReadOnlyMemory<char>[] _new = new ReadOnlyMemory<char>[Count];
    private readonly SessionMaker _maker = new();
    private BenchmarkSilo _silo = null!;
    private TokenKey _key = null!;
    private IEmptyGrain _empty = null!;
    private int _made;

    // The in-process toolchain does not wait for a set-up that returns a task.
    [GlobalSetup]
    public void Setup()
    {
        _silo = BenchmarkSilo.StartAsync().GetAwaiter().GetResult();
        _key = _silo.Service<TokenKeyRing>().SealingKeyAsync(default).AsTask().GetAwaiter().GetResult();
        _empty = _silo.Grains.GetGrain<IEmptyGrain>("empty_");
    }

    [GlobalCleanup]
    public void Cleanup() => _silo.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [IterationSetup(Target = nameof(FirstMiss))]
    public void MakeTokens() => Make(_new);

    /// <summary>The host forgets after a minute or two, so they are remembered anew before each iteration.</summary>
    [IterationSetup(Target = nameof(RepeatedMiss))]
    public void Remember()
    {
        Make(_known);
        CheckAsync(_known).GetAwaiter().GetResult();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public async Task EmptyGrainCall()
    {
        for (var i = 0; i < Count; i++) await _empty.CallAsync();
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public Task<int> FirstMiss() => CheckAsync(_new);

    [Benchmark(OperationsPerInvoke = Count)]
    public Task<int> RepeatedMiss() => CheckAsync(_known);

    private void Make(ReadOnlyMemory<char>[] tokens)
    {
        for (var i = 0; i < Count; i++)
        {
            tokens[i] = _maker.Token(_key, PrefixedId.New<SessionId>(_silo.Clock), ++_made, _silo.Clock.GetUtcNow() + TimeSpan.FromDays(1)).AsMemory();
        }
    }

    private async Task<int> CheckAsync(ReadOnlyMemory<char>[] tokens)
    {
        foreach (var token in tokens)
        {
            var check = await _silo.Authenticator.CheckAsync(token, new SessionCheckRequest(SessionCheckMode.Validate, null), default);
            if (check.State == SessionState.Live) throw new InvalidOperationException("A session is there that was never opened.");
        }

        return tokens.Length;
    }
}
