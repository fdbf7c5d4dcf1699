using Orleans;
using Orleans.Runtime;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract.Grains;

[Alias("test.IContextGrain")]
public interface IContextGrain : IGrainWithStringKey
{
    [Alias("Read")]
    Task<string?> Read(string key);

    [Alias("ReadOther")]
    Task<string?> ReadThrough(IContextGrain other, string key);

    [Alias("Set")]
    Task Set(string key, string value);

    [Alias("Wait")]
    Task WaitForCancellation(string gate, CancellationToken cancellationToken);

    [Alias("Ignore")]
    Task IgnoreCancellation(string gate, CancellationToken cancellationToken);

    [Alias("Slow")]
    [ResponseTimeout("00:00:00.3")]
    Task Slow(string gate, CancellationToken cancellationToken);

    [Alias("Shout")]
    Task<string> Shout(string text);

    [Alias("Fail")]
    Task Fail();

    [Alias("Subscribe")]
    Task Subscribe(ITextObserver observer);

    [Alias("Publish")]
    Task Publish(string text);

    [Alias("Ask")]
    Task<int> Ask(ITextObserver observer, int number);
}

[Alias("test.ITextObserver")]
public interface ITextObserver : IGrainObserver
{
    [Alias("Text")]
    void Heard(string text);

    [Alias("Twice")]
    Task<int> Twice(int number);
}

/// <summary>Its own filter answers for "filtered".</summary>
public sealed class ContextGrain : Grain, IContextGrain, IIncomingGrainCallFilter
{
    private ITextObserver? _observer;

    public Task<string?> Read(string key) => Task.FromResult(RequestContext.Get(key) as string);

    public Task<string?> ReadThrough(IContextGrain other, string key) => other.Read(key);

    public Task Set(string key, string value)
    {
        RequestContext.Set(key, value);
        return Task.CompletedTask;
    }

    public async Task WaitForCancellation(string gate, CancellationToken cancellationToken)
    {
        var scheduler = TaskScheduler.Current;
        var cancelled = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(() => cancelled.TrySetResult());
        Gate.Open(gate + ".entered");
        await cancelled.Task;
        if (TaskScheduler.Current == scheduler)
        {
            Gate.Open(gate + ".cancelled");
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    public async Task IgnoreCancellation(string gate, CancellationToken cancellationToken)
    {
        Gate.Open(gate + ".entered");
        await Gate.Passed(gate);
    }

    public async Task Slow(string gate, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => Gate.Open(gate + ".cancelled"));
        await Gate.Passed(gate);
    }

    public Task<string> Shout(string text) => Task.FromResult(text.ToUpperInvariant());

    public Task Fail() => throw new InvalidOperationException("inside");

    public Task Subscribe(ITextObserver observer)
    {
        _observer = observer;
        return Task.CompletedTask;
    }

    public Task Publish(string text)
    {
        _observer!.Heard(text);
        return Task.CompletedTask;
    }

    public Task<int> Ask(ITextObserver observer, int number) => observer.Twice(number);

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.InterfaceMethod.Name == nameof(Shout) && (string?)context.Request.GetArgument(0) == "filtered")
        {
            context.Result = "by the grain";
            return;
        }

        await context.Invoke();
    }
}
