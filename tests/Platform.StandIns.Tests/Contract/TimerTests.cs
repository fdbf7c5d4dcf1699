using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Platform.StandIns.Tests.Contract.Grains;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract;

public sealed class TimerFixture : SiloFixture
{
    public ManualTimeProvider Clock { get; } = new();

    protected override void Configure(ISiloBuilder silo)
    {
        base.Configure(silo);
        // Only grain timers run on the test's clock: the loops of a real silo would spin on a clock that jumps.
        silo.Services.AddKeyedSingleton<TimeProvider>(KeyedService.AnyKey, static (_, _) => TimeProvider.System);
        silo.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Grains, Clock);
    }
}

public sealed class TimerTests(TimerFixture silo) : IClassFixture<TimerFixture>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly string _key = SiloFixture.NewKey();

    private ITimerGrain Grain => silo.Grains.GetGrain<ITimerGrain>(_key);

    [Fact]
    public async Task Timer_Started_TicksWhenDueAndByItsPeriod()
    {
        await Grain.Start(Second, Second, interleave: false, fails: false);
        (await Grain.Ticks()).ShouldBe(0);
        await Tick(1);
        await Tick(2);
        (await Grain.Ticks()).ShouldBe(2);
    }

    [Fact]
    public async Task Timer_WithoutPeriod_TicksOnce()
    {
        await Grain.Start(Second, Timeout.InfiniteTimeSpan, interleave: false, fails: false);
        await Tick(1);
        await Grain.Ticks();
        silo.Clock.Advance(10 * Second);
        (await Grain.Ticks()).ShouldBe(1);
    }

    [Fact]
    public async Task Timer_ThatFails_GoesOn()
    {
        await Grain.Start(Second, Second, interleave: false, fails: true);
        await Tick(1);
        await Tick(2);
    }

    [Fact]
    public async Task Timer_WhileACallRuns_WaitsForIt()
    {
        var gate = SiloFixture.NewKey();
        await Grain.Start(Second, Second, interleave: false, fails: false);
        var held = Grain.Hold(gate);
        await Gate.Passed(gate + ".entered");
        silo.Clock.Advance(Second);
        Gate.IsOpen($"{_key}.1").ShouldBeFalse();
        Gate.Open(gate);
        await held;
        await Gate.Passed($"{_key}.1");
    }

    [Fact]
    public async Task Timer_Interleaving_TicksWhileACallRuns()
    {
        var gate = SiloFixture.NewKey();
        await Grain.Start(Second, Second, interleave: true, fails: false);
        var held = Grain.Hold(gate);
        await Gate.Passed(gate + ".entered");
        silo.Clock.Advance(Second);
        await Gate.Passed($"{_key}.1");
        held.IsCompleted.ShouldBeFalse();
        Gate.Open(gate);
        await held;
    }

    [Fact]
    public async Task Timer_Changed_TicksAtItsNewTime()
    {
        await Grain.Start(TimeSpan.FromHours(1), Second, interleave: false, fails: false);
        await Grain.Change(Second, Second);
        await Tick(1);
    }

    [Fact]
    public async Task Timer_Disposed_TicksNoMore()
    {
        await Grain.Start(Second, Second, interleave: false, fails: false);
        await Grain.Stop();
        silo.Clock.Advance(10 * Second);
        (await Grain.Ticks()).ShouldBe(0);
    }

    [Fact]
    public async Task Timer_OfAnEndedActivation_TicksNoMore()
    {
        await Grain.Start(Second, Second, interleave: false, fails: false);
        await Grain.End();
        await Grain.Ticks();
        silo.Clock.Advance(10 * Second);
        (await Grain.Ticks()).ShouldBe(0);
        Gate.IsOpen($"{_key}.1").ShouldBeFalse();
    }

    private async Task Tick(int number)
    {
        silo.Clock.Advance(Second);
        await Gate.Passed($"{_key}.{number}");

        // The next tick is set when this one has ended; a call comes after it.
        await Grain.Ticks();
    }
}
