using Orleans;
using Orleans.Runtime;
using Platform.StandIns.Tests.Contract.Grains;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract;

public sealed class LifeTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private readonly string _key = SiloFixture.NewKey();

    private ILifeGrain Grain => silo.Grains.GetGrain<ILifeGrain>(_key);

    private IManagementGrain Management => silo.Grains.GetGrain<IManagementGrain>(0);

    [Fact]
    public async Task GetGrain_WithoutACall_ActivatesNothing()
    {
        _ = Grain;
        (await Management.GetGrainActivationCount((GrainReference)(IAddressable)Grain)).ShouldBe(0);
        LifeGrain.EventsOf(_key).ShouldBeEmpty();
    }

    [Fact]
    public async Task DeactivateOnIdle_ThenCall_MakesANewActivationAfterTheOldEnded()
    {
        var first = await Grain.Activation();
        await Grain.End();
        (await Grain.Activation()).ShouldNotBe(first);
        LifeGrain.EventsOf(_key).ShouldBe(["activated", "deactivated:ApplicationRequested", "activated"]);
    }

    [Fact]
    public async Task DeactivateOnIdle_WhileACallRuns_WaitsForIt()
    {
        var gate = SiloFixture.NewKey();
        var held = Grain.EndAndHold(gate);
        await Gate.Passed(gate + ".entered");
        var next = Grain.Activation();
        next.IsCompleted.ShouldBeFalse();
        Gate.Open(gate);
        await held;
        await next;
        LifeGrain.EventsOf(_key).ShouldBe(["activated", "call ended", "deactivated:ApplicationRequested", "activated"]);
    }

    [Fact]
    public async Task Deactivated_Completes_WhenTheActivationHasEnded()
    {
        var gate = SiloFixture.NewKey();
        await Grain.WatchEnd(gate);
        await Grain.End();
        await Gate.Passed(gate);
        LifeGrain.EventsOf(_key).ShouldBe(["activated", "deactivated:ApplicationRequested"]);
    }

    [Fact]
    public async Task ForceActivationCollection_OfEverything_EndsIdleActivations()
    {
        var gate = SiloFixture.NewKey();
        await Grain.WatchEnd(gate);
        await Management.ForceActivationCollection(TimeSpan.Zero);
        await Gate.Passed(gate);
        LifeGrain.EventsOf(_key).ShouldBe(["activated", "deactivated:ActivationIdle"]);
    }

    [Fact]
    public async Task DelayDeactivation_Asked_KeepsTheActivationFromCollection()
    {
        await Grain.Delay(TimeSpan.FromHours(1));
        await Management.ForceActivationCollection(TimeSpan.Zero);
        await Grain.Activation();
        LifeGrain.EventsOf(_key).ShouldBe(["activated"]);
    }

    [Fact]
    public async Task Statistics_CountActivationsByClass()
    {
        await Grain.Activation();
        var statistics = await Management.GetSimpleGrainStatistics();
        statistics.Where(s => s.GrainType.StartsWith(typeof(LifeGrain).FullName!, StringComparison.Ordinal)).Sum(s => s.ActivationCount).ShouldBeGreaterThanOrEqualTo(1);
        (await Management.GetTotalActivationCount()).ShouldBeGreaterThanOrEqualTo(1);
        (await Management.GetDetailedGrainStatistics()).Select(s => s.GrainId).ShouldContain(Grain.GetGrainId());
    }

    [Fact]
    public async Task Activation_ThatFails_FailsAllWaitingCallersWithItsException()
    {
        var grain = silo.Grains.GetGrain<IFragileGrain>(_key);
        var calls = Enumerable.Range(0, 5).Select(_ => grain.Ping()).ToList();
        foreach (var call in calls)
        {
            (await Should.ThrowAsync<RefusedException>(call)).Code.ShouldBe(7);
        }
    }

    [Fact]
    public async Task StatelessWorker_WhenBusy_GetsASecondActivation()
    {
        var (worker, gate) = (silo.Grains.GetGrain<IWorkerGrain>(Random.Shared.NextInt64()), SiloFixture.NewKey());
        var first = worker.Work(gate + ".1", gate);
        await Gate.Passed(gate + ".1");
        var second = worker.Work(gate + ".2", gate);
        await Gate.Passed(gate + ".2");
        Gate.Open(gate);
        (await first).ShouldNotBe(await second);
    }

    [Fact]
    public async Task Reentrant_Grain_TakesACallWhileOneWaits()
    {
        var (grain, gate) = (silo.Grains.GetGrain<IReentrantGrain>(_key), SiloFixture.NewKey());
        var held = grain.Hold(gate);
        await Gate.Passed(gate + ".entered");
        (await grain.Value()).ShouldBe(5);
        Gate.Open(gate);
        await held;
    }

    [Fact]
    public async Task CallChain_AllowedToReenter_ComesBackToItsStart()
    {
        var (a, b) = (silo.Grains.GetGrain<ICycleGrain>(_key + "a"), silo.Grains.GetGrain<ICycleGrain>(_key + "b"));
        (await a.CallBackAllowed(b)).ShouldBe(5);
    }

    [Fact]
    public async Task StopAsync_OfTheHost_DeactivatesEveryGrain()
    {
        var host = await SiloFixture.StartHostAsync(static _ => { });
        var grain = ((IGrainFactory)host.Services.GetService(typeof(IGrainFactory))!).GetGrain<ILifeGrain>(_key);
        await grain.Activation();
        await host.StopAsync();
        host.Dispose();
        LifeGrain.EventsOf(_key).ShouldBe(["activated", "deactivated:ShuttingDown"]);
    }
}
