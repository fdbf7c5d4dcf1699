using System.Collections.Immutable;
using Platform.Grains.Tests.Hosting;
using Platform.Idempotency;
using Platform.Storage;
using Platform.Tenants;

namespace Platform.Grains.Tests.Idempotency;

/// <summary>How many keys of a tenant are kept (decision 122).</summary>
[Trait("Threat", "T43")]
public sealed class IdempotencyQuotaTests(CheapHashFixture fixture) : IClassFixture<CheapHashFixture>
{
    private static readonly ImmutableArray<byte> Hash = [.. new byte[32]];
    private static readonly IdempotentAnswer Answer = new() { Status = 201, Location = "/v1/x", Body = [1, 2, 3] };
    private static readonly long Quota = TenantQuotas.Of(TenantObject.IdempotencyKey, TenantEdition.Trial);

    private SiloHost Silo => fixture.Silo;

    private IDatabase Database => Silo.Service<IDatabase>();

    [Fact]
    public async Task Begin_AtOnceBeyondTheQuota_KeepsExactlyAsManyAsItAllows()
    {
        var actor = await NewTrialAsync(Silo);
        await Database.FillAsync(actor.TenantId, Quota - 5, InADay(Silo));

        var starts = await Task.WhenAll(Enumerable.Range(0, 25).Select(i => BeginAsync(actor, $"k{i}")));

        starts.Count(start => start.State == IdempotencyState.Begun).ShouldBe(5);
        starts.Where(start => start.State != IdempotencyState.Begun).ShouldAllBe(start => start.State == IdempotencyState.UnderWay && start.RetryAfter > TimeSpan.FromHours(23));
        (await Database.CountKeysAsync(actor.TenantId)).ShouldBe(Quota);
        (await BeginAsync(await NewTrialAsync(Silo), "k0")).State.ShouldBe(IdempotencyState.Begun, "another tenant has places of its own");
        await SetEditionAsync(actor.TenantId, TenantEdition.Developer);
        (await BeginAsync(actor, "more")).State.ShouldBe(IdempotencyState.Begun, "another edition");
    }

    /// <summary>Whoever was not answered calls again, above all when much is going on: that needs no place.</summary>
    [Fact, Trait("Threat", "T50")]
    public async Task Begin_AKeyThatIsKept_IsAnsweredWithoutAPlace()
    {
        var actor = await NewTrialAsync(Silo);
        await BeginAsync(actor, "answered");
        await Silo.Grains.Idempotency().CompleteAsync(actor, "answered", Answer, default);
        await BeginAsync(actor, "released");
        await Silo.Grains.Idempotency().ReleaseAsync(actor, "released", forget: false, default);
        await BeginAsync(actor, "running");
        await Database.FillAsync(actor.TenantId, Quota - 3, InADay(Silo));
        await Silo.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

        (await BeginAsync(actor, "new")).RetryAfter.ShouldNotBeNull();
        (await BeginAsync(actor, "answered")).Answer!.Body.ShouldBe(Answer.Body);
        (await Silo.Grains.Idempotency().BeginAsync(actor, "answered", [.. new byte[31], 1], default)).State.ShouldBe(IdempotencyState.Mismatch);
        (await BeginAsync(actor, "released")).State.ShouldBe(IdempotencyState.TakenOver);
        var running = await BeginAsync(actor, "running");
        (running.State, running.RetryAfter).ShouldBe((IdempotencyState.UnderWay, null));
    }

    /// <summary>A refused call makes nothing, and its key is nobody's.</summary>
    [Fact]
    public async Task Release_OfARefusedCall_FreesItsPlaceAtOnce()
    {
        var actor = await NewTrialAsync(Silo);
        await Database.FillAsync(actor.TenantId, Quota - 1, InADay(Silo));
        for (var i = 0; i < 5; i++)
        {
            (await BeginAsync(actor, $"k{i}")).State.ShouldBe(IdempotencyState.Begun);
            await Silo.Grains.Idempotency().ReleaseAsync(actor, $"k{i}", forget: true, default);
        }

        (await BeginAsync(actor, "answered")).State.ShouldBe(IdempotencyState.Begun);
        await Silo.Grains.Idempotency().CompleteAsync(actor, "answered", Answer, default);
        await Silo.Grains.Idempotency().ReleaseAsync(actor, "answered", forget: true, default);
        (await BeginAsync(actor, "beyond")).RetryAfter.ShouldNotBeNull("one that was answered is not forgotten, and frees nothing");
    }

    [Fact]
    public async Task Begin_OnceAKeyHasExpired_HasItsPlaceBeforeTheRowIsGone()
    {
        await using var silo = await SiloHost.StartAsync(CheapHashing.Put);
        var actor = await NewTrialAsync(silo);
        var first = silo.Time.GetUtcNow() + TimeSpan.FromHours(2);
        await silo.Service<IDatabase>().FillAsync(actor.TenantId, 1, first);
        await silo.Service<IDatabase>().FillAsync(actor.TenantId, Quota - 1, InADay(silo));
        (await BeginAsync(silo, actor, "k")).RetryAfter.ShouldBe(TimeSpan.FromHours(2));
        silo.Time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromTicks(1));
        (await BeginAsync(silo, actor, "k")).RetryAfter.ShouldBe(TimeSpan.FromTicks(1));

        silo.Time.Advance(TimeSpan.FromTicks(1));
        await UntilBegunAsync(silo, actor, "k");
        (await silo.Service<IDatabase>().CountKeysAsync(actor.TenantId)).ShouldBe(Quota + 1, "the sweeper has not come yet");
        (await BeginAsync(silo, actor, "l")).RetryAfter.ShouldNotBeNull();
    }

    [Fact, Trait("Fault", "F14")]
    public async Task Begin_AfterARestart_IsCountedFromWhatIsStored()
    {
        var silo = await SiloHost.StartAsync(CheapHashing.Put);
        try
        {
            var actor = await NewTrialAsync(silo);
            await silo.Service<IDatabase>().FillAsync(actor.TenantId, Quota - 2, InADay(silo));
            (await BeginAsync(silo, actor, "k0")).State.ShouldBe(IdempotencyState.Begun);
            silo = await silo.RestartAsync();

            (await BeginAsync(silo, actor, "k1")).State.ShouldBe(IdempotencyState.Begun);
            (await BeginAsync(silo, actor, "k2")).RetryAfter.ShouldNotBeNull();
            (await silo.Service<IDatabase>().CountKeysAsync(actor.TenantId)).ShouldBe(Quota);
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }

    /// <summary>Keys that went another way (an erasure) are noticed before the next call is refused.</summary>
    [Fact]
    public async Task Begin_AfterRowsWereRemoved_IsCountedAgainBeforeItIsRefused()
    {
        await using var silo = await SiloHost.StartAsync(CheapHashing.Put);
        var actor = await NewTrialAsync(silo);
        await silo.Service<IDatabase>().FillAsync(actor.TenantId, Quota - 1, InADay(silo));
        (await BeginAsync(silo, actor, "mine")).State.ShouldBe(IdempotencyState.Begun);
        (await BeginAsync(silo, actor, "beyond")).RetryAfter.ShouldNotBeNull();
        await silo.Service<IdempotencyKeyTable>().RemoveOfUserAsync(actor.UserId, default);

        await UntilBegunAsync(silo, actor, "beyond");
    }

    /// <summary>The bound costs no command of the database, but for one count when the tenant's count comes into memory; a refusal writes nothing.</summary>
    [Fact]
    public async Task Begin_OfEachCall_AsksTheDatabaseNoMoreOftenThanWithoutABound()
    {
        var database = new RecordingDatabase();
        await using var silo = await SiloHost.StartAsync(services =>
        {
            CheapHashing.Put(services);
            database.Put(services);
        });
        var actor = await NewTrialAsync(silo);
        (await CommandsAsync(() => CallAsync("first"))).ShouldBe(["query", "write", "write"], "the count, the key, its answer");
        (await CommandsAsync(() => CallAsync("second"))).ShouldBe(["write", "write"]);
        (await CommandsAsync(() => BeginAsync(silo, actor, "second"))).ShouldBe(["query", "write"], "as before: the key is not added, but found");
        await silo.Service<IDatabase>().FillAsync(actor.TenantId, Quota - 2, InADay(silo));
        await silo.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

        (await CommandsAsync(() => BeginAsync(silo, actor, "third"))).ShouldBe(["query", "query", "query"], "the count, the key, when the next place is free");
        (await CommandsAsync(() => BeginAsync(silo, actor, "second"))).ShouldAllBe(kind => kind == "query", "the key, and once a second the count");

        async Task CallAsync(string key)
        {
            (await BeginAsync(silo, actor, key)).State.ShouldBe(IdempotencyState.Begun);
            await silo.Grains.Idempotency().CompleteAsync(actor, key, Answer, default);
        }

        async Task<string[]> CommandsAsync(Func<Task> call)
        {
            database.Clear();
            await call();
            return [.. database.Reads.Concat(database.Writes).Where(command => command.Operation.Table == "idempotency_keys").Select(command => command.Operation.Kind).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>What is refused is counted again once a second.</summary>
    private static async Task UntilBegunAsync(SiloHost silo, Actor actor, string key)
    {
        var began = TimeProvider.System.GetTimestamp();
        while ((await BeginAsync(silo, actor, key)).State != IdempotencyState.Begun)
        {
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(30));
        }
    }

    private Task<IdempotencyStart> BeginAsync(Actor actor, string key) => BeginAsync(Silo, actor, key);

    private static Task<IdempotencyStart> BeginAsync(SiloHost silo, Actor actor, string key) => silo.Grains.Idempotency().BeginAsync(actor, key, Hash, default);

    private static DateTimeOffset InADay(SiloHost silo) => silo.Time.GetUtcNow() + IdempotencyKeyTable.Retention;

    private static async Task<Actor> NewTrialAsync(SiloHost silo)
    {
        var (tenant, owner) = await silo.NewTenantAsync();
        await SetEditionAsync(silo, tenant.Id, TenantEdition.Trial);
        return owner;
    }

    private Task SetEditionAsync(TenantId tenant, TenantEdition edition) => SetEditionAsync(Silo, tenant, edition);

    private static async Task SetEditionAsync(SiloHost silo, TenantId tenant, TenantEdition edition) =>
        (await silo.Grains.Tenant(tenant).ChangeAsync(SiloHost.OperatorActor, new TenantChange { Edition = edition }, default)).Value.ShouldNotBeNull();
}
