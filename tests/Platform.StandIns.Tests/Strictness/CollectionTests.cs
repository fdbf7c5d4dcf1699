using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Platform.StandIns.Tests.Contract.Grains;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Strictness;

public sealed class CollectionFixture : SiloFixture
{
    public ManualTimeProvider Clock { get; } = new();

    protected override void Configure(ISiloBuilder silo)
    {
        base.Configure(silo);
        silo.Services.AddSingleton<TimeProvider>(Clock);
        silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromMinutes(10));
    }
}

/// <summary>Idleness is measured on the silo's clock here; Orleans measures it on the machine's.</summary>
public sealed class CollectionTests(CollectionFixture silo) : IClassFixture<CollectionFixture>
{
    private readonly string _key = SiloFixture.NewKey();

    private ILifeGrain Grain => silo.Grains.GetGrain<ILifeGrain>(_key);

    [Fact]
    public async Task Activation_IdleForItsAge_Ends()
    {
        var gate = SiloFixture.NewKey();
        await Grain.WatchEnd(gate);
        silo.Clock.Advance(TimeSpan.FromMinutes(9));
        LifeGrain.EventsOf(_key).ShouldBe(["activated"]);
        silo.Clock.Advance(TimeSpan.FromMinutes(3));
        await Gate.Passed(gate);
        LifeGrain.EventsOf(_key).ShouldBe(["activated", "deactivated:ActivationIdle"]);
    }

    [Fact]
    public async Task Activation_UsedMeanwhile_Stays()
    {
        await Grain.Activation();
        for (var i = 0; i < 5; i++)
        {
            silo.Clock.Advance(TimeSpan.FromMinutes(8));
            await Grain.Activation();
        }

        LifeGrain.EventsOf(_key).ShouldBe(["activated"]);
    }

    [Fact]
    public async Task DelayDeactivation_UntilItsTime_KeepsTheActivation()
    {
        var gate = SiloFixture.NewKey();
        await Grain.Delay(TimeSpan.FromHours(1));
        await Grain.WatchEnd(gate);
        silo.Clock.Advance(TimeSpan.FromMinutes(50));
        LifeGrain.EventsOf(_key).ShouldBe(["activated"]);
        silo.Clock.Advance(TimeSpan.FromMinutes(15));
        await Gate.Passed(gate);
    }
}
