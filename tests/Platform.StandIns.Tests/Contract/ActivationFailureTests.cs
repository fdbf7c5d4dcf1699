using Orleans;
using Platform.StandIns.Tests.Contract.Grains;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract;

public sealed class ActivationFailureTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Call_AfterAFailedActivation_TriesAgainUntilItWorks()
    {
        var key = SiloFixture.NewKey();
        var grain = silo.Grains.GetGrain<IFragileGrain>(key);
        await Should.ThrowAsync<RefusedException>(grain.Ping());
        Gate.Open(key);

        // Orleans holds a failed activation for some seconds, in which calls fail as the first did.
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                (await grain.Ping()).ShouldBe(1);
                return;
            }
            catch (RefusedException) when (TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await Task.Yield();
            }
        }
    }
}
