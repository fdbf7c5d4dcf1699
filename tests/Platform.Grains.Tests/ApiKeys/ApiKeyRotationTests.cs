using System.Collections.Immutable;
using Platform.ApiKeys;
using Platform.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Grains.Tests.State;
using static Platform.Grains.Tests.ApiKeys.ApiKeyCalls;

namespace Platform.Grains.Tests.ApiKeys;

public sealed class ApiKeyRotationTests
{
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    [Fact, Trait("Threat", "T39"), Trait("Fault", "F9")]
    public async Task Rotate_WithAnOverlap_TheOldSecretEndsExactlyThenAndForGood()
    {
        var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var (key, old) = await CreateAsync(silo, owner);

        var (outcome, fresh) = await RotateAsync(silo, owner, key, Overlap);

        outcome.Value.ShouldNotBeNull().ShouldBe(key with { PreviousSecretExpiresAt = silo.Time.GetUtcNow() + Overlap });
        silo = await silo.RestartAsync(Overlap - TimeSpan.FromTicks(1));
        await StatesAsync(silo, owner, key, [(old, ApiKeyState.Live), (fresh, ApiKeyState.Live)]);
        silo.Time.Advance(TimeSpan.FromTicks(1));
        await StatesAsync(silo, owner, key, [(old, ApiKeyState.Unknown), (fresh, ApiKeyState.Live)]);
        (await silo.Grains.ApiKeys(owner.TenantId).ListAsync(owner, new PageRequest(10, null), default)).Value!.Items.ShouldHaveSingleItem().PreviousSecretExpiresAt.ShouldBeNull();
        silo.Time.StepBack(TimeSpan.FromMinutes(30));
        await StatesAsync(silo, owner, key, [(old, ApiKeyState.Unknown), (fresh, ApiKeyState.Live)]);
        silo = await silo.RestartAsync();
        await using var _ = silo;
        await StatesAsync(silo, owner, key, [(old, ApiKeyState.Unknown), (fresh, ApiKeyState.Live)]);
    }

    [Fact]
    public async Task Rotate_TwiceWithinTheOverlap_TheOldestEndsAtOnce()
    {
        await using var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var (key, oldest) = await CreateAsync(silo, owner);
        var (_, old) = await RotateAsync(silo, owner, key, Overlap);
        silo.Service<LiveApiKeys>().TryGet(key.Id, out var inHand).ShouldBeTrue();

        var (_, fresh) = await RotateAsync(silo, owner, key, Overlap);

        await StatesAsync(silo, owner, key, [(oldest, ApiKeyState.Unknown), (old, ApiKeyState.Live), (fresh, ApiKeyState.Live)]);
        foreach (var hash in (ImmutableArray<byte>[])[oldest, old]) inHand!.Check(hash.AsSpan(), System.Net.IPAddress.Loopback, silo.Time.GetUtcNow()).ShouldBeNull("the grain decides");
    }

    [Fact]
    public async Task Rotate_WithoutOverlap_TheOldSecretEndsAtOnce()
    {
        await using var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var (key, old) = await CreateAsync(silo, owner);

        var (outcome, fresh) = await RotateAsync(silo, owner, key, TimeSpan.Zero);

        outcome.Value.ShouldNotBeNull().PreviousSecretExpiresAt.ShouldBeNull();
        await StatesAsync(silo, owner, key, [(old, ApiKeyState.Unknown), (fresh, ApiKeyState.Live)]);
    }

    [Fact, Trait("Fault", "F14")]
    public async Task Rotate_TakenOverAfterACrash_TheSecretThatWasShownCountsOn()
    {
        await using var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var (key, shown) = await CreateAsync(silo, owner);
        var operation = Guid.CreateVersion7(silo.Time.GetUtcNow());
        var (_, lost) = await RotateAsync(silo, owner, key, Overlap, operation);

        var (_, fresh) = await RotateAsync(silo, owner, key, Overlap, operation);

        await StatesAsync(silo, owner, key, [(shown, ApiKeyState.Live), (lost, ApiKeyState.Unknown), (fresh, ApiKeyState.Live)]);
    }

    [Fact]
    public async Task Rotate_KeyThatHasExpired_IsRefused()
    {
        await using var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var (key, old) = await CreateAsync(silo, owner, expiresAt: silo.Time.GetUtcNow() + Overlap);
        var (_, fresh) = await RotateAsync(silo, owner, key, TimeSpan.FromDays(1));
        silo.Time.Advance(Overlap);

        (await RotateAsync(silo, owner, key, Overlap)).Outcome.Refusal.ShouldBe(Refusal.ApiKeyExpired);

        await StatesAsync(silo, owner, key, [(old, ApiKeyState.Unknown), (fresh, ApiKeyState.Unknown)]);
    }

    [Fact, Trait("Threat", "T44"), Trait("Threat", "T46")]
    public async Task Rotate_ByWhoMayNotHaveTheSecret_IsRefusedAndChangesNothing()
    {
        await using var silo = await SiloHost.StartAsync();
        var ((_, owner), (_, stranger)) = (await silo.NewTenantAsync(), await silo.NewTenantAsync());
        var (key, hash) = await CreateAsync(silo, owner, scopes: ApiKeyScopes.Read);

        (await RotateAsync(silo, stranger, key, Overlap)).Outcome.Refusal.ShouldBe(Refusal.NotFound);
        (await RotateAsync(silo, owner with { Permissions = Permissions.Read }, key, Overlap)).Outcome.Refusal.ShouldBe(Refusal.Forbidden);
        (await RotateAsync(silo, owner with { Permissions = Permissions.ManageUsers }, key, Overlap)).Outcome.Refusal.ShouldBe(Refusal.Forbidden, "the secret would let them read");
        (await RotateAsync(silo, owner, key with { Id = PrefixedId.New<ApiKeyId>(silo.Time) }, Overlap)).Outcome.Refusal.ShouldBe(Refusal.NotFound);
        (await RotateAsync(silo, owner, key, TimeSpan.FromDays(8))).Outcome.Errors.ShouldHaveSingleItem().Pointer.ShouldBe("/overlap");

        await StatesAsync(silo, owner, key, [(hash, ApiKeyState.Live)]);
    }

    [Fact, Trait("Fault", "F7")]
    public async Task Rotate_StorageFails_TheOldSecretStays()
    {
        var storage = new FailingStorage();
        await using var silo = await SiloHost.StartAsync(storage.Put);
        var (_, owner) = await silo.NewTenantAsync();
        var (key, old) = await CreateAsync(silo, owner);
        storage.Fail = true;
        await Should.ThrowAsync<StorageUnavailableException>(() => RotateAsync(silo, owner, key, TimeSpan.Zero));
        storage.Fail = false;

        await StatesAsync(silo, owner, key, [(old, ApiKeyState.Live)]);
    }

    [Fact]
    public async Task Rotate_IsInTheAccessLogWithoutTheSecret()
    {
        await using var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var (key, _) = await CreateAsync(silo, owner);
        await RotateAsync(silo, owner, key, Overlap);

        var rotated = (await silo.Grains.AuditReader().ReadAsync(owner, owner.TenantId, new AuditFilter { Target = key.Id.ToString() }, null, default)).Value!.Items[^1];

        (rotated.Action, rotated.Actor.Id, rotated.Target.Name).ShouldBe((AuditActions.ApiKeyRotated, owner.UserId.ToString(), "key"));
        rotated.Changes.ShouldBe([new AuditChange("/key", null, null), new AuditChange("/overlap", null, "\"PT1H\"")]);
    }

    private static async Task StatesAsync(SiloHost silo, Actor owner, ApiKeyView key, (ImmutableArray<byte> Hash, ApiKeyState State)[] expected)
    {
        foreach (var (hash, state) in expected) (await CheckAsync(silo, owner, key, hash)).ShouldBe(state);
    }
}
