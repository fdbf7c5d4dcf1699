using Orleans;
using Orleans.Runtime;
using Platform.StandIns.Tests.Contract.Grains;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract;

public sealed class CallTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private IEchoGrain Grain => silo.Grains.GetGrain<IEchoGrain>(SiloFixture.NewKey());

    [Fact]
    public async Task Call_StringKey_ReachesTheGrainOfThatKey()
    {
        var key = SiloFixture.NewKey();
        (await silo.Grains.GetGrain<IEchoGrain>(key).Key()).ShouldBe(key);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(-1)]
    public async Task Call_IntegerKey_IsReadBack(long key) => (await silo.Grains.GetGrain<IIntegerGrain>(key).Key()).ShouldBe(key);

    [Fact]
    public async Task Call_GuidKey_IsReadBack()
    {
        var key = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        (await silo.Grains.GetGrain<IGuidGrain>(key).Key()).ShouldBe(key);
    }

    [Fact]
    public async Task Call_EachReturnType_GivesItsResult()
    {
        var grain = Grain;
        (await grain.Echo("hello")).ShouldBe("hello");
        (await grain.Add(2, 3)).ShouldBe(5);
        await grain.Touch();
        (await grain.Touched()).ShouldBe(1);
    }

    [Fact]
    public async Task Call_ManyAtOnce_RunOnOneActivation()
    {
        var grain = Grain;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => grain.Touch().AsTask()));
        (await grain.Touched()).ShouldBe(200);
    }

    [Fact]
    public async Task MutableArgument_ChangedByCallerAfterwards_IsNotSeenByTheGrain()
    {
        var (grain, basket) = (Grain, new Basket { Items = { "apple" } });
        await grain.Keep(basket);
        basket.Items.Add("smuggled");
        (await grain.Kept())!.Items.ShouldBe(["apple"]);
    }

    [Fact]
    public async Task MutableResult_ChangedByGrainAfterwards_IsNotSeenByTheCaller()
    {
        var grain = Grain;
        var returned = await grain.Keep(new Basket { Items = { "apple" } });
        await grain.Grow("pear");
        returned.Items.ShouldBe(["apple"]);
        (await grain.Kept())!.Items.ShouldBe(["apple", "pear"]);
    }

    [Fact]
    public async Task Argument_ThatHoldsItself_KeepsItsShape()
    {
        var basket = new Basket { Items = { "apple" } };
        basket.Inner = basket;
        var returned = await Grain.Keep(basket);
        returned.ShouldNotBeSameAs(basket);
        returned.Inner.ShouldBeSameAs(returned);
    }

    [Fact]
    public async Task Records_ByPrimaryConstructor_Cross()
    {
        (await Grain.Show(new Badge("Ann", 1))).ShouldBe(new Badge("Ann", 2));
        (await Grain.Pay(new Money(2.5m, "EUR"))).ShouldBe(new Money(5m, "EUR"));
    }

    [Fact]
    public async Task Argument_OfDerivedType_KeepsItsTypeAndMembers()
    {
        var shape = await Grain.Draw(new Circle { Name = "c", Radius = 2 });
        shape.ShouldBeOfType<Circle>().Radius.ShouldBe(2);
        shape.Name.ShouldBe("c");
    }

    [Fact]
    public async Task Argument_InterfaceCollection_IsCopied()
    {
        var numbers = new List<int> { 1 };
        var returned = await Grain.Names(new Dictionary<string, List<int>>(StringComparer.Ordinal) { ["a"] = numbers });
        numbers.Add(2);
        returned["a"].ShouldBe([1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Exception_InGrain_ReachesTheCallerWithTypeMessageAndStack(bool later)
    {
        var thrown = await Should.ThrowAsync<InvalidOperationException>(() => Grain.Fail("no way", later));
        thrown.Message.ShouldBe("no way");
        thrown.StackTrace!.ShouldContain(nameof(EchoGrain));
    }

    [Fact]
    public async Task Exception_OfOwnType_KeepsItsMembers()
        => (await Should.ThrowAsync<RefusedException>(() => Grain.Refuse(42))).Code.ShouldBe(42);

    [Fact]
    public async Task Stream_OfNumbers_ArrivesInOrder()
    {
        var numbers = new List<int>();
        await foreach (var number in Grain.Numbers(25))
        {
            numbers.Add(number);
        }

        numbers.ShouldBe(Enumerable.Range(1, 25));
    }

    [Fact]
    public async Task Reference_PassedAndReturned_IsEqualToTheOriginal()
    {
        var (grain, other) = (Grain, Grain);
        var self = await grain.Self();
        self.ShouldBe(grain);
        new Dictionary<IEchoGrain, int> { [grain] = 1 }[self].ShouldBe(1);
        (await grain.KeyOf(other)).ShouldBe(other.GetPrimaryKeyString());
        self.GetGrainId().ShouldBe(grain.GetGrainId());
    }

    [Fact]
    public void GrainId_ByConvention_IsClassNameWithoutGrainInLowerCase()
    {
        silo.Grains.GetGrain<IEchoGrain>("ses_1").GetGrainId().ToString().ShouldBe("echo/ses_1");
        silo.Grains.GetGrain<IIntegerGrain>(255).GetGrainId().ToString().ShouldBe("numbered/FF");
    }

    [Fact]
    public async Task GetGrain_ByGrainId_ReachesTheSameGrain()
    {
        var key = SiloFixture.NewKey();
        var grain = silo.Grains.GetGrain<IEchoGrain>(GrainId.Create("echo", key));
        (await grain.Key()).ShouldBe(key);
        (await silo.Grains.GetGrain(grain.GetGrainId()).AsReference<IEchoGrain>().Key()).ShouldBe(key);
    }
}
