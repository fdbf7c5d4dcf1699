using BenchmarkDotNet.Attributes;
using Platform.Cluster;
using Platform.Replicas;

namespace Platform.Benchmarks.Sessions;

/// <summary>
/// What it adds to a change that others hold replicas of what changes: it is decided, sent to each of them, confirmed, and only then over. The protocol alone, with holders in this process and no network
/// between; each holds a thousand replicas.
/// </summary>
/// <remarks>Each change needs a replica that is held, so all have one invocation: otherwise there would be no baseline to compare with.</remarks>
[InvocationCount(1, unrollFactor: 1)]
public class ReplicaBenchmarks
{
    private const int Count = 1_024;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly string[] _keys = [.. Enumerable.Range(0, Count).Select(i => $"ses_{i:x32}")];
    private readonly CancellationTokenSource _ending = new();
    private ReplicaOwner<string> _owner = null!;
    private ReplicaHolder<string>[] _holders = [];
    private Task _asking = Task.CompletedTask;

    [Params(0, 1, 3, 10)]
    public int Holders { get; set; }

    // The in-process toolchain does not wait for a set-up that returns a task.
    [GlobalSetup]
    public void Setup()
    {
        _owner = new ReplicaOwner<string>(MembershipLease.ForEver, TimeProvider.System);
        _holders = [.. Enumerable.Range(0, Holders).Select(_ => new ReplicaHolder<string>(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), _ => { }, TimeProvider.System))];
        foreach (var holder in _holders) AskAsync(holder, TimeSpan.Zero).GetAwaiter().GetResult();
        _asking = Task.WhenAll(_holders.Select(holder => Task.Run(() => AskOnAsync(holder))));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _ending.Cancel();
        _asking.GetAwaiter().GetResult();
        _ending.Dispose();
    }

    /// <summary>Everybody has confirmed that it holds everything.</summary>
    [IterationSetup]
    public void Grant()
    {
        foreach (var holder in _holders)
        {
            foreach (var key in _keys) _owner.Grant(holder.Id, key, () => "state");
        }

        _owner.ReplaceAsync(_keys[^1], "state").GetAwaiter().GetResult();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public async Task Nothing()
    {
        foreach (var key in _keys)
        {
            await Task.Yield();
            GC.KeepAlive(key);
        }
    }

    /// <summary>One change after the other.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public async Task Withdraw()
    {
        foreach (var key in _keys) await _owner.WithdrawAsync(key);
    }

    /// <summary>All at once: they share what is sent.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public Task WithdrawSideBySide() => Task.WhenAll(_keys.Select(_owner.WithdrawAsync));

    private async Task AskOnAsync(ReplicaHolder<string> holder)
    {
        while (!_ending.IsCancellationRequested) await AskAsync(holder, Patience);
    }

    private async Task AskAsync(ReplicaHolder<string> holder, TimeSpan patience)
    {
        var asked = TimeProvider.System.GetTimestamp();
        var batch = await _owner.ReceiveAsync(holder.Id, holder.Incarnation, holder.Processed, patience, _ending.Token);
        if (!holder.TryAccept(batch, asked)) throw new InvalidOperationException("A holder was forgotten.");
    }
}
