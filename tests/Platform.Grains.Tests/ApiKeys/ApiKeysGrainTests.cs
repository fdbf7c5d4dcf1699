using System.Collections.Immutable;
using Platform.ApiKeys;
using Platform.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Grains.Tests.State;
using static Platform.Grains.Tests.ApiKeys.ApiKeyCalls;

namespace Platform.Grains.Tests.ApiKeys;

public sealed class ApiKeysGrainTests
{
    private static readonly PageRequest All = new(200, null);

    [Fact, Trait("Fault", "F7")]
    public async Task Delete_StorageFails_ClaimsNothingAndTheKeyLivesUntilItIsDeleted()
    {
        var storage = new FailingStorage();
        await using var silo = await SiloHost.StartAsync(storage.Put);
        var (_, owner) = await silo.NewTenantAsync();
        var (key, hash) = await CreateAsync(silo, owner);
        storage.Fail = true;
        await Should.ThrowAsync<StorageUnavailableException>(() => silo.Grains.ApiKeys(owner.TenantId).DeleteAsync(owner, key.Id, default));
        storage.Fail = false;

        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Live);
        (await silo.Grains.ApiKeys(owner.TenantId).DeleteAsync(owner, key.Id, default)).Succeeded.ShouldBeTrue();
        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Unknown);
    }

    [Fact]
    public async Task Restart_KeysLiveOnDeletedOnesDoNotAndTheListIsMended()
    {
        var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var ((kept, keptHash), (gone, goneHash), (lost, _)) = (await CreateAsync(silo, owner), await CreateAsync(silo, owner), await CreateAsync(silo, owner));
        await silo.Grains.ApiKeys(owner.TenantId).DeleteAsync(owner, gone.Id, default);
        // What a crash between row and state can leave: a row without a key, and a key without a row.
        var table = silo.Service<ApiKeyTable>();
        await table.SaveAsync(gone, default);
        await table.RemoveAsync(lost.Id, default);

        silo = await silo.RestartAsync();
        await using var _ = silo;

        (await CheckAsync(silo, owner, kept, keptHash)).ShouldBe(ApiKeyState.Live);
        (await CheckAsync(silo, owner, gone, goneHash)).ShouldBe(ApiKeyState.Unknown);
        (await silo.Grains.ApiKeys(owner.TenantId).ListAsync(owner, All, default)).Value!.Items.Select(key => key.Id).ShouldBe([kept.Id, lost.Id], ignoreOrder: true);
    }

    [Fact]
    public async Task Create_WithAnIdThatIsThere_ReplacesTheSecretThatNobodySaw()
    {
        await using var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var (key, first) = await CreateAsync(silo, owner);

        var (same, second) = await CreateAsync(silo, owner, key.Id);

        same.Id.ShouldBe(key.Id);
        (await CheckAsync(silo, owner, key, first)).ShouldBe(ApiKeyState.Unknown);
        (await CheckAsync(silo, owner, key, second)).ShouldBe(ApiKeyState.Live);
        (await silo.Grains.ApiKeys(owner.TenantId).ListAsync(owner, All, default)).Value!.Items.ShouldHaveSingleItem();
    }

    [Fact, Trait("Threat", "T44")]
    public async Task EveryCall_ByAnActorOfAnotherTenant_IsNotFound()
    {
        await using var silo = await SiloHost.StartAsync();
        var ((_, owner), (_, stranger)) = (await silo.NewTenantAsync(), await silo.NewTenantAsync());
        var (key, hash) = await CreateAsync(silo, owner);
        var grain = silo.Grains.ApiKeys(owner.TenantId);

        (await grain.ListAsync(stranger, All, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await grain.DeleteAsync(stranger, key.Id, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await grain.CreateAsync(stranger, New(PrefixedId.New<ApiKeyId>(silo.Time), hash), default)).Refusal.ShouldBe(Refusal.NotFound);
        (await silo.Grains.ApiKeys(stranger.TenantId).CheckAsync(key.Id, hash, System.Net.IPAddress.Loopback, default)).State.ShouldBe(ApiKeyState.Unknown);
        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Live);
    }

    [Fact]
    public async Task CreateAndDelete_AreInTheAccessLog()
    {
        await using var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var (key, _) = await CreateAsync(silo, owner);
        await silo.Grains.ApiKeys(owner.TenantId).DeleteAsync(owner, key.Id, default);

        var filter = new AuditFilter { Target = key.Id.ToString() };
        var events = (await silo.Grains.AuditReader().ReadAsync(owner, owner.TenantId, filter, null, default)).Value!.Items;

        events.Select(e => e.Action).ShouldBe([AuditActions.ApiKeyCreated, AuditActions.ApiKeyRevoked]);
        events[0].Changes.ShouldBe([new AuditChange("/scopes", "[]", "[\"introspect\"]")]);
        events.ShouldAllBe(e => e.Target.Name == "key" && e.Actor.Id == owner.UserId.ToString());
    }

    [Fact]
    public async Task Create_WithAnEnd_IsInTheAccessLogAndTheList()
    {
        await using var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var end = silo.Time.GetUtcNow().AddDays(30);
        var (key, _) = await CreateAsync(silo, owner, expiresAt: end);
        var (lasting, _) = await CreateAsync(silo, owner);

        var created = (await silo.Grains.AuditReader().ReadAsync(owner, owner.TenantId, new AuditFilter { Target = key.Id.ToString() }, null, default)).Value!.Items.ShouldHaveSingleItem();
        created.Changes.ShouldBe([new AuditChange("/scopes", "[]", "[\"introspect\"]"), new AuditChange("/expiresAt", null, "\"2026-03-31T12:00:00.0000000Z\"")]);
        (await silo.Grains.ApiKeys(owner.TenantId).ListAsync(owner, All, default)).Value!.Items.Select(item => (item.Id, item.ExpiresAt)).ShouldBe([(key.Id, end), (lasting.Id, null)], ignoreOrder: true);
    }

    [Fact, Trait("Threat", "T39"), Trait("Fault", "F9")]
    public async Task Expiry_ThatWasAnswered_StaysAfterAStepBackAndARestart()
    {
        var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var (key, hash) = await CreateAsync(silo, owner, expiresAt: silo.Time.GetUtcNow().AddHours(1));
        var (later, laterHash) = await CreateAsync(silo, owner, expiresAt: silo.Time.GetUtcNow().AddHours(2));
        silo.Time.Advance(TimeSpan.FromHours(1));
        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Unknown);

        silo.Time.StepBack(TimeSpan.FromMinutes(30));
        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Unknown);
        silo = await silo.RestartAsync();
        await using var _ = silo;

        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Unknown);
        (await CheckAsync(silo, owner, later, laterHash)).ShouldBe(ApiKeyState.Live);
        (await silo.Grains.ApiKeys(owner.TenantId).ListAsync(owner, All, default)).Value!.Items.Select(item => item.Id).ShouldBe([key.Id, later.Id], ignoreOrder: true, "until somebody deletes it");
    }

    [Fact, Trait("Threat", "T39"), Trait("Fault", "F9")]
    public async Task Expiry_WhileThePlatformWasDown_StaysAfterAStepBackAndARestart()
    {
        var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var (key, hash) = await CreateAsync(silo, owner, expiresAt: silo.Time.GetUtcNow().AddHours(1));
        silo = await silo.RestartAsync(TimeSpan.FromHours(1));
        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Unknown);
        silo.Time.StepBack(TimeSpan.FromMinutes(30));
        silo = await silo.RestartAsync();
        await using var _ = silo;

        (await CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Unknown);
    }
}
