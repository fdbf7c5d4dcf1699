using BenchmarkDotNet.Attributes;
using Platform.Audit;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Audit;

/// <summary>
/// Entries of a tenant's access log, each on disk before it is answered: hash chain, sealed parts, signature of its head. One after the other; 64 at a time, which share commits; and as a call
/// that has 64 to tell.
/// </summary>
public class AuditAppendBenchmarks
{
    private const int Count = 256;
    private const int AtATime = 64;

    private readonly TenantId _tenant = PrefixedId.New<TenantId>(TimeProvider.System);
    private readonly UserId _user = PrefixedId.New<UserId>(TimeProvider.System);
    private BenchmarkSilo _silo = null!;
    private IEmptyGrain _empty = null!;
    private AuditEntry _entry = null!;

    // The in-process toolchain does not wait for a set-up that returns a task.
    [GlobalSetup]
    public void Setup()
    {
        _silo = BenchmarkSilo.StartAsync().GetAwaiter().GetResult();
        _empty = _silo.Grains.GetGrain<IEmptyGrain>("empty_");
        var actor = new Actor
        {
            TenantId = _tenant, UserId = _user, SessionId = SessionId.From(_user.Value), Permissions = Permissions.Owner, Username = "ana",
            Client = new ClientInfo("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        };
        _entry = AuditEntry.By(actor, AuditActions.SessionSignedIn, new AuditParty(AuditParties.User, _user.ToString(), "ana"));

        // The first makes the log and its keys.
        AppendAsync(1).GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Cleanup() => _silo.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public async Task EmptyGrainCall()
    {
        for (var i = 0; i < Count; i++) await _empty.CallAsync();
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public async Task Append()
    {
        for (var i = 0; i < Count; i++) await AppendAsync(1);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public Task AppendSideBySide() => Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (_, _) => await AppendAsync(1));

    [Benchmark(OperationsPerInvoke = Count)]
    public async Task AppendTogether()
    {
        for (var i = 0; i < Count; i += AtATime) await AppendAsync(AtATime);
    }

    private Task AppendAsync(int entries) => _silo.Grains.AuditLog(_tenant).AppendAsync([.. Enumerable.Repeat(_entry, entries)], default);
}
