using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Platform.StandIns.Tests.Contract.Grains;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract;

public sealed class ContextFixture : SiloFixture
{
    protected override void Configure(ISiloBuilder silo)
    {
        base.Configure(silo);
        silo.Configure<SiloMessagingOptions>(options => options.CancelRequestOnTimeout = true);
    }
}

public sealed class ContextTests(ContextFixture silo) : IClassFixture<ContextFixture>
{
    private readonly string _key = SiloFixture.NewKey();

    private IContextGrain Grain => silo.Grains.GetGrain<IContextGrain>(_key);

    [Fact]
    public async Task RequestContext_SetByTheCaller_FlowsThroughGrains()
    {
        RequestContext.Set("who", "me");
        (await Grain.Read("who")).ShouldBe("me");
        (await Grain.ReadThrough(silo.Grains.GetGrain<IContextGrain>(_key + "2"), "who")).ShouldBe("me");
        RequestContext.Remove("who").ShouldBeTrue();
        (await Grain.Read("who")).ShouldBeNull();
    }

    [Fact]
    public async Task RequestContext_SetByTheGrain_DoesNotFlowBack()
    {
        await Grain.Set("inner", "x");
        RequestContext.Get("inner").ShouldBeNull();
        (await Grain.Read("inner")).ShouldBeNull();
    }

    [Fact]
    public void RequestContext_Cleared_HoldsNothing()
    {
        RequestContext.Set("a", 1);
        RequestContext.Keys.ShouldContain("a");
        RequestContext.Clear();
        RequestContext.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Cancellation_ByTheCaller_ReachesTheGrainInOneOfItsTurns()
    {
        var gate = SiloFixture.NewKey();
        using var source = new CancellationTokenSource();
        var call = Grain.WaitForCancellation(gate, source.Token);
        await Gate.Passed(gate + ".entered");
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        await Gate.Passed(gate + ".cancelled");
    }

    [Fact]
    public async Task Cancellation_OfAGrainThatDoesNotCare_EndsTheWaitOfTheCaller()
    {
        var gate = SiloFixture.NewKey();
        using var source = new CancellationTokenSource();
        var call = Grain.IgnoreCancellation(gate, source.Token);
        await Gate.Passed(gate + ".entered");
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        Gate.Open(gate);
    }

    [Fact]
    public async Task Cancellation_BeforeTheCall_RefusesIt()
        => await Should.ThrowAsync<OperationCanceledException>(() => Grain.IgnoreCancellation(_key, new CancellationToken(canceled: true)));

    [Fact]
    public async Task ResponseTimeout_Passed_FailsTheCallAndCancelsTheGrainsToken()
    {
        var gate = SiloFixture.NewKey();
        await Should.ThrowAsync<TimeoutException>(Grain.Slow(gate, CancellationToken.None));
        Gate.Open(gate);
    }

    [Fact]
    public async Task Observer_Subscribed_HearsTheGrain()
    {
        var observer = new Observer();
        var reference = silo.Grains.CreateObjectReference<ITextObserver>(observer);
        await Grain.Subscribe(reference);
        await Grain.Publish("hello");
        (await observer.Text.Task.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe("hello");
        (await Grain.Ask(reference, 21)).ShouldBe(42);
        silo.Grains.DeleteObjectReference<ITextObserver>(reference);
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task Observer_PassedWithoutReference_IsRefused() => await Should.ThrowAsync<NotSupportedException>(async () => await Grain.Subscribe(new Observer()));

    private sealed class Observer : ITextObserver
    {
        public TaskCompletionSource<string> Text { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Heard(string text) => Text.TrySetResult(text);

        public Task<int> Twice(int number) => Task.FromResult(number * 2);
    }
}
