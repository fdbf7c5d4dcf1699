using Orleans.Runtime;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Strictness;

public sealed class DeadlockTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task Calls_InACircle_FailNamingTheCircle()
    {
        var key = SiloFixture.NewKey();
        var (a, b) = (silo.Grains.GetGrain<IStrictGrain>(key + "a"), silo.Grains.GetGrain<IStrictGrain>(key + "b"));
        var thrown = await Should.ThrowAsync<OrleansException>(a.Through(b));
        thrown.Message.ShouldContain($"strict/{key}a -> strict/{key}b -> strict/{key}a");
        (await a.Value()).ShouldBe(1);
    }
}
