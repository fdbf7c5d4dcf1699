using Orleans.Serialization;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Strictness;

public sealed class TypeTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private IStrictGrain Grain => silo.Grains.GetGrain<IStrictGrain>(SiloFixture.NewKey());

    [Fact]
    public async Task Argument_WithoutGenerateSerializer_IsRefusedNamingTypeAndPlace()
        => await Refused(() => Grain.TakeUnmarked(new Unmarked()), nameof(Unmarked), "[GenerateSerializer]", "'value'", nameof(IStrictGrain.TakeUnmarked));

    [Fact]
    public async Task Result_WithoutGenerateSerializer_IsRefused() => await Refused(() => Grain.GiveUnmarked(), nameof(Unmarked), "result of", nameof(IStrictGrain.GiveUnmarked));

    [Fact]
    public async Task Member_WithoutId_IsRefusedNamingIt() => await Refused(() => Grain.TakeForgetful(new Forgetful()), "member Lost", nameof(Forgetful), "[Id]");

    [Fact]
    public async Task Member_OfMember_IsRefusedNamingTheWay() => await Refused(() => Grain.TakeHolders([]), "member Inner", nameof(Holder), nameof(Unmarked));

    [Fact]
    public async Task Members_WithTheSameId_AreRefused() => await Refused(() => Grain.TakeTwins(new Twins()), nameof(Twins), "[Id(0)]");

    [Fact]
    public async Task PrimaryConstructorParameter_OfAClass_IsRefusedUnlessIncluded()
        => await Refused(() => Grain.TakePrimary(new WithPrimaryConstructor("x")), "member name", nameof(WithPrimaryConstructor));

    [Fact]
    public async Task Argument_OfTypeObject_IsJudgedByWhatItIs()
    {
        await Grain.TakeObject("text");
        await Refused(() => Grain.TakeObject(new Unmarked()), nameof(Unmarked));
    }

    [Fact]
    public async Task Argument_ThatIsCode_IsRefused() => await Refused(() => Grain.TakeDelegate(static () => 1), "cannot leave its process");

    [Fact]
    public async Task Collection_OfACompilersOwnType_IsRefused()
    {
        await Grain.TakeItems(new List<int> { 1 });
        await Refused(() => Grain.TakeItems([1, 2, 3]), "[GenerateSerializer]");
    }

    [Fact]
    public async Task Exception_ThatCouldNotCross_IsReplacedNamingItsType()
    {
        var thrown = await Should.ThrowAsync<CodecNotFoundException>(Grain.Fail());
        thrown.Message.ShouldContain(nameof(PrivateException));
        thrown.InnerException.ShouldBeOfType<PrivateException>();
    }

    [Fact]
    public async Task State_WithAMemberThatWouldBeLost_FailsTheActivation()
    {
        var thrown = await Should.ThrowAsync<CodecNotFoundException>(silo.Grains.GetGrain<IWrongStateGrain>(SiloFixture.NewKey()).Any());
        thrown.Message.ShouldContain("member Lost");
    }

    [Fact]
    public void Method_ThatReturnsNoTask_IsRefused()
        => Should.Throw<NotSupportedException>(() => silo.Grains.GetGrain<IWrongReturnGrain>("x")).Message.ShouldContain(nameof(IWrongReturnGrain.Value));

    private static async Task Refused(Func<Task> call, params string[] words)
    {
        var thrown = await Should.ThrowAsync<CodecNotFoundException>(call);
        foreach (var word in words)
        {
            thrown.Message.ShouldContain(word);
        }
    }
}
