using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using Platform.StandIns.Tests.Contract.Grains;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract;

public sealed class StateFixture : SiloFixture
{
    public CountingStorage Storage { get; } = new();

    protected override void Configure(ISiloBuilder silo)
    {
        base.Configure(silo);
        silo.Services.AddGrainStorage("counting", (_, _) => Storage);
    }
}

public sealed class StateTests(StateFixture silo) : IClassFixture<StateFixture>
{
    private IAccountGrain Account => silo.Grains.GetGrain<IAccountGrain>(SiloFixture.NewKey("acc_"));

    [Fact]
    public async Task State_NeverWritten_IsNewAndDoesNotExist()
    {
        var account = Account;
        (await account.Balance()).ShouldBe(0);
        (await account.Exists()).ShouldBeFalse();
        (await account.Etag()).ShouldBeNull();
    }

    [Fact]
    public async Task State_Written_IsThereInTheNextActivation()
    {
        var account = Account;
        await account.Deposit(5, CancellationToken.None);
        var first = await account.Activation();
        await account.Deactivate();
        (await account.Balance()).ShouldBe(5);
        (await account.Activation()).ShouldNotBe(first);
        (await account.Exists()).ShouldBeTrue();
        (await account.Etag()).ShouldBe("1");
    }

    [Fact]
    public async Task Clear_AfterWrite_RemovesTheRecord()
    {
        var account = Account;
        await account.Deposit(5, CancellationToken.None);
        await account.Clear();
        (await account.Exists()).ShouldBeFalse();
        (await account.Balance()).ShouldBe(0);
    }

    [Fact]
    public async Task Read_AfterChangeInMemory_BringsBackWhatIsStored()
    {
        var account = Account;
        await account.Deposit(7, CancellationToken.None);
        (await account.ChangeWithoutWriteAndReload()).ShouldBe(7);
    }

    [Fact]
    public async Task Write_SeveralAtOnce_WritesAtMostTwice()
    {
        var account = Account;
        await account.WriteTwiceAtOnce();
        silo.Storage.WritesOf(account.GetPrimaryKeyString()).ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task State_OutsideOfATurn_IsRefused() => (await Account.TouchStateOutsideOfATurn()).ShouldBeOfType<InvalidOperationException>();

    [Fact]
    public async Task InconsistentState_Escaping_EndsTheActivation()
    {
        var account = Account;
        var before = await account.Activation();
        await Should.ThrowAsync<InconsistentStateException>(account.Conflict());
        (await account.Activation()).ShouldNotBe(before);
    }

    [Fact]
    public async Task InconsistentState_Caught_KeepsTheActivation()
    {
        var account = Account;
        var before = await account.ConflictCaught();
        (await account.Activation()).ShouldBe(before);
    }

    [Fact]
    public async Task DefaultStorage_InMemory_KeepsStateOverActivations()
    {
        var grain = silo.Grains.GetGrain<IDefaultStorageGrain>(SiloFixture.NewKey());
        (await grain.Next()).ShouldBe(1);
        await grain.Deactivate();
        (await grain.Next()).ShouldBe(2);
    }

    [Fact]
    public async Task Storage_NotRegistered_FailsTheCallNamingIt()
    {
        var failure = await Should.ThrowAsync<Exception>(silo.Grains.GetGrain<IUnstoredGrain>(SiloFixture.NewKey()).Any());
        failure.ToString().ShouldContain("no-such-storage");
    }

    [Fact]
    public void NamedStorage_Registered_IsAKeyedService()
    {
        silo.Services.GetRequiredKeyedService<IGrainStorage>("counting").ShouldBeSameAs(silo.Storage);
        silo.Services.GetRequiredKeyedService<IGrainStorage>("named").ShouldNotBeNull();
        silo.Services.GetRequiredService<IGrainStorage>().ShouldBeSameAs(silo.Services.GetRequiredKeyedService<IGrainStorage>("Default"));
    }
}
