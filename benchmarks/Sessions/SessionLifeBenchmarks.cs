using BenchmarkDotNet.Attributes;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Sessions;

/// <summary>
/// A session is opened, as a sign-in opens it once the password was found right, and ended by its user: each on disk, with its entry in the access log, before it is answered. One after the other, and 64 at a
/// time, whose writes share commits.
/// </summary>
/// <remarks>Each iteration needs new ones, so all have one invocation: otherwise there would be no baseline to compare with.</remarks>
[InvocationCount(1, unrollFactor: 1)]
public class SessionLifeBenchmarks
{
    private const int Count = 256;
    private const int Users = 1_024;
    private const int AtATime = 64;

    private readonly UserId[] _users = new UserId[Users];
    private readonly (UserId User, SessionId Session)[] _open = new (UserId, SessionId)[Count];
    private readonly SessionMaker _maker = new();
    private BenchmarkSilo _silo = null!;
    private IEmptyGrain _empty = null!;
    private int _opened;

    // The in-process toolchain does not wait for a set-up that returns a task.
    [GlobalSetup]
    public void Setup() => SetupAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Cleanup() => _silo.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [IterationSetup(Targets = [nameof(Revoke), nameof(RevokeSideBySide)])]
    public void OpenSome() => SideBySideAsync(async i => _open[i] = await OpenAsync()).GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public async Task EmptyGrainCall()
    {
        for (var i = 0; i < Count; i++) await _empty.CallAsync();
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public async Task SignInWithoutHash()
    {
        for (var i = 0; i < Count; i++) await OpenAsync();
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public Task SignInWithoutHashSideBySide() => SideBySideAsync(_ => OpenAsync());

    [Benchmark(OperationsPerInvoke = Count)]
    public async Task Revoke()
    {
        for (var i = 0; i < Count; i++) await EndAsync(i);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public Task RevokeSideBySide() => SideBySideAsync(EndAsync);

    private static Task SideBySideAsync(Func<int, Task> call) =>
        Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (i, _) => await call(i));

    private async Task SetupAsync()
    {
        _silo = await BenchmarkSilo.StartAsync();
        _empty = _silo.Grains.GetGrain<IEmptyGrain>("empty_");
        for (var i = 0; i < Users; i++) _users[i] = await _maker.NewUserAsync(_silo, i);
    }

    private async Task<(UserId, SessionId)> OpenAsync()
    {
        var number = Interlocked.Increment(ref _opened);
        var user = _users[number % Users];
        return (user, await _maker.OpenAsync(_silo, user, number));
    }

    private async Task EndAsync(int i)
    {
        var (user, session) = _open[i];
        var outcome = await _silo.Grains.User(user).EndSessionAsync(_maker.ActorOf(user, session), session, default);
        if (!outcome.Succeeded) throw new InvalidOperationException($"An end was refused: {outcome.Refusal}.");
    }
}
