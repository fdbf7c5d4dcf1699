using Orleans;
using Platform.StandIns.Tests.Contract.Grains;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract;

public sealed class TurnTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private ITurnGrain Grain => silo.Grains.GetGrain<ITurnGrain>(SiloFixture.NewKey());

    [Fact]
    public async Task Calls_ThatAwait_DoNotOverlap()
    {
        var grain = Grain;
        var counts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => grain.CountSlowly(10)));
        counts.Max().ShouldBe(200);
    }

    [Fact]
    public async Task Turn_AfterAwait_IsOnTheGrainsScheduler() => (await Grain.StaysOnScheduler()).ShouldBeTrue();

    [Fact]
    public async Task AlwaysInterleave_WhileACallWaits_Runs()
    {
        var (grain, gate) = (Grain, SiloFixture.NewKey());
        var held = grain.Hold(gate);
        await Gate.Passed(gate + ".entered");
        (await grain.Interleaved()).ShouldBe(0);
        held.IsCompleted.ShouldBeFalse();
        Gate.Open(gate);
        await held;
    }

    [Fact]
    public async Task ReadOnly_Calls_RunBesideEachOtherAndBeforeAWrite()
    {
        var (grain, gate) = (Grain, SiloFixture.NewKey());
        var first = grain.Look(gate + ".1", gate);
        await Gate.Passed(gate + ".1");
        var write = grain.Write();
        var second = grain.Look(gate + ".2", gate);
        await Gate.Passed(gate + ".2");
        write.IsCompleted.ShouldBeFalse();
        Gate.Open(gate);
        (await first).ShouldBe(0);
        (await second).ShouldBe(0);
        (await write).ShouldBe(1);
    }

    [Fact]
    public async Task OneWay_Call_EndsBeforeTheGrainDoes()
    {
        var (grain, gate) = (Grain, SiloFixture.NewKey());
        await grain.Notify(gate);
        Gate.IsOpen(gate).ShouldBeFalse();
        Gate.Open(gate);
        (await grain.Write()).ShouldBe(1);
    }

    [Fact]
    public async Task OneWay_ThatFails_IsNotHeardByTheCaller()
    {
        var (grain, gate) = (Grain, SiloFixture.NewKey());
        await grain.NotifyAndFail(gate);
        await Gate.Passed(gate);
        (await grain.Write()).ShouldBe(1);
    }
}
