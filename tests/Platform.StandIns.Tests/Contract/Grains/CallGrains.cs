using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract.Grains;

[Alias("test.IEchoGrain")]
public interface IEchoGrain : IGrainWithStringKey
{
    [Alias("Key")]
    Task<string> Key();

    [Alias("Echo")]
    Task<string> Echo(string text);

    [Alias("Add")]
    ValueTask<int> Add(int left, int right);

    [Alias("Touch")]
    ValueTask Touch();

    [Alias("Touched")]
    Task<int> Touched();

    [Alias("Keep")]
    Task<Basket> Keep(Basket basket);

    [Alias("Kept")]
    Task<Basket?> Kept();

    [Alias("Grow")]
    Task Grow(string item);

    [Alias("Badge")]
    Task<Badge> Show(Badge badge);

    [Alias("Money")]
    Task<Money> Pay(Money money);

    [Alias("Shape")]
    Task<Shape> Draw(Shape shape);

    [Alias("Names")]
    Task<IReadOnlyDictionary<string, List<int>>> Names(IReadOnlyDictionary<string, List<int>> names);

    [Alias("Fail")]
    Task Fail(string message, bool later);

    [Alias("Refuse")]
    Task Refuse(int code);

    [Alias("Numbers")]
    IAsyncEnumerable<int> Numbers(int count);

    [Alias("Self")]
    Task<IEchoGrain> Self();

    [Alias("Other")]
    Task<string> KeyOf(IEchoGrain other);
}

public sealed class EchoGrain : Grain, IEchoGrain
{
    private Basket? _basket;
    private int _touched;

    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<string> Echo(string text) => Task.FromResult(text);

    public ValueTask<int> Add(int left, int right) => new(left + right);

    public ValueTask Touch()
    {
        _touched++;
        return default;
    }

    public Task<int> Touched() => Task.FromResult(_touched);

    public Task<Basket> Keep(Basket basket)
    {
        _basket = basket;
        return Task.FromResult(basket);
    }

    public Task<Basket?> Kept() => Task.FromResult(_basket);

    public Task Grow(string item)
    {
        _basket!.Items.Add(item);
        return Task.CompletedTask;
    }

    public Task<Badge> Show(Badge badge) => Task.FromResult(badge with { Number = badge.Number + 1 });

    public Task<Money> Pay(Money money) => Task.FromResult(money with { Amount = money.Amount * 2 });

    public Task<Shape> Draw(Shape shape) => Task.FromResult(shape);

    public Task<IReadOnlyDictionary<string, List<int>>> Names(IReadOnlyDictionary<string, List<int>> names) => Task.FromResult(names);

    public async Task Fail(string message, bool later)
    {
        if (later)
        {
            await Task.Yield();
        }

        throw new InvalidOperationException(message);
    }

    public Task Refuse(int code) => throw new RefusedException("refused") { Code = code };

    public async IAsyncEnumerable<int> Numbers(int count)
    {
        for (var i = 1; i <= count; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    public Task<IEchoGrain> Self() => Task.FromResult(this.AsReference<IEchoGrain>());

    public Task<string> KeyOf(IEchoGrain other) => other.Key();
}

[Alias("test.IIntegerGrain")]
public interface IIntegerGrain : IGrainWithIntegerKey
{
    [Alias("Key")]
    Task<long> Key();
}

[GrainType("numbered")]
public sealed class IntegerGrain : Grain, IIntegerGrain
{
    public Task<long> Key() => Task.FromResult(this.GetPrimaryKeyLong());
}

[Alias("test.IGuidGrain")]
public interface IGuidGrain : IGrainWithGuidKey
{
    [Alias("Key")]
    Task<Guid> Key();
}

public sealed class GuidGrain : Grain, IGuidGrain
{
    public Task<Guid> Key() => Task.FromResult(this.GetPrimaryKey());
}

[Alias("test.ITurnGrain")]
public interface ITurnGrain : IGrainWithStringKey
{
    [Alias("Count")]
    Task<int> CountSlowly(int steps);

    [Alias("Hold")]
    Task Hold(string gate);

    [Alias("Interleaved")]
    [AlwaysInterleave]
    Task<int> Interleaved();

    [Alias("ReadOnly")]
    [ReadOnly]
    Task<int> Look(string entered, string leave);

    [Alias("Write")]
    Task<int> Write();

    [Alias("Notify")]
    [OneWay]
    Task Notify(string gate);

    [Alias("NotifyAndFail")]
    [OneWay]
    Task NotifyAndFail(string gate);

    [Alias("Scheduler")]
    Task<bool> StaysOnScheduler();
}

public sealed class TurnGrain : Grain, ITurnGrain
{
    private int _count;

    public async Task<int> CountSlowly(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            var before = _count;
            await Task.Yield();
            _count = before + 1;
        }

        return _count;
    }

    public async Task Hold(string gate)
    {
        Gate.Open(gate + ".entered");
        await Gate.Passed(gate);
    }

    public Task<int> Interleaved() => Task.FromResult(_count);

    public async Task<int> Look(string entered, string leave)
    {
        Gate.Open(entered);
        await Gate.Passed(leave);
        return _count;
    }

    public Task<int> Write() => Task.FromResult(++_count);

    public async Task Notify(string gate) => await Gate.Passed(gate);

    public Task NotifyAndFail(string gate)
    {
        Gate.Open(gate);
        throw new InvalidOperationException("nobody hears this");
    }

    public async Task<bool> StaysOnScheduler()
    {
        var scheduler = TaskScheduler.Current;
        await Task.Yield();
        var afterYield = TaskScheduler.Current == scheduler;
        var foreign = await Task.Run(() => TaskScheduler.Current);
        return afterYield && TaskScheduler.Current == scheduler && foreign == TaskScheduler.Default && scheduler != TaskScheduler.Default;
    }
}
