using System.Collections.Concurrent;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract.Grains;

[Alias("test.ILifeGrain")]
public interface ILifeGrain : IGrainWithStringKey
{
    [Alias("Activation")]
    Task<string> Activation();

    [Alias("End")]
    Task End();

    [Alias("HoldAndEnd")]
    Task EndAndHold(string gate);

    [Alias("Delay")]
    Task Delay(TimeSpan time);

    [Alias("Deactivated")]
    Task WatchEnd(string gate);
}

/// <summary>Writes down what happens to it, by key.</summary>
public sealed class LifeGrain : Grain, ILifeGrain
{
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> Events = new(StringComparer.Ordinal);
    private static int _count;
    private readonly string _name = Interlocked.Increment(ref _count).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static string[] EventsOf(string key) => Events.TryGetValue(key, out var events) ? [.. events] : [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Note("activated");
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Note($"deactivated:{reason.ReasonCode}");
    }

    public Task<string> Activation() => Task.FromResult(_name);

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task EndAndHold(string gate)
    {
        DeactivateOnIdle();
        Gate.Open(gate + ".entered");
        await Gate.Passed(gate);
        Note("call ended");
    }

    public Task Delay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task WatchEnd(string gate)
    {
        _ = GrainContext.Deactivated.ContinueWith(_ => Gate.Open(gate), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    private void Note(string what) => Events.GetOrAdd(this.GetPrimaryKeyString(), static _ => new ConcurrentQueue<string>()).Enqueue(what);
}

[Alias("test.IFragileGrain")]
public interface IFragileGrain : IGrainWithStringKey
{
    [Alias("Ping")]
    Task<int> Ping();
}

/// <summary>Fails to activate until its gate is open.</summary>
public sealed class FragileGrain : Grain, IFragileGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (!Gate.IsOpen(this.GetPrimaryKeyString()))
        {
            throw new RefusedException("not yet") { Code = 7 };
        }
    }

    public Task<int> Ping() => Task.FromResult(1);
}

[Alias("test.IWorkerGrain")]
public interface IWorkerGrain : IGrainWithIntegerKey
{
    [Alias("Work")]
    Task<string> Work(string entered, string leave);
}

[StatelessWorker(2)]
public sealed class WorkerGrain : Grain, IWorkerGrain
{
    private readonly string _id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();

    public async Task<string> Work(string entered, string leave)
    {
        Gate.Open(entered);
        await Gate.Passed(leave);
        return _id;
    }
}

[Alias("test.ICycleGrain")]
public interface ICycleGrain : IGrainWithStringKey
{
    [Alias("CallBack")]
    Task<int> CallBack(ICycleGrain other);

    [Alias("CallBackAllowed")]
    Task<int> CallBackAllowed(ICycleGrain other);

    [Alias("Return")]
    Task<int> Return(ICycleGrain first);

    [Alias("Value")]
    Task<int> Value();
}

public sealed class CycleGrain : Grain, ICycleGrain
{
    public Task<int> CallBack(ICycleGrain other) => other.Return(this.AsReference<ICycleGrain>());

    public async Task<int> CallBackAllowed(ICycleGrain other)
    {
        using (RequestContext.AllowCallChainReentrancy())
        {
            return await other.Return(this.AsReference<ICycleGrain>());
        }
    }

    public Task<int> Return(ICycleGrain first) => first.Value();

    public Task<int> Value() => Task.FromResult(5);
}

[Alias("test.IReentrantGrain")]
public interface IReentrantGrain : IGrainWithStringKey
{
    [Alias("Hold")]
    Task Hold(string gate);

    [Alias("Value")]
    Task<int> Value();
}

[Reentrant]
public sealed class ReentrantGrain : Grain, IReentrantGrain
{
    public async Task Hold(string gate)
    {
        Gate.Open(gate + ".entered");
        await Gate.Passed(gate);
    }

    public Task<int> Value() => Task.FromResult(5);
}
