using System.Collections.Immutable;
using Platform.ApiKeys;
using Platform.Grains.Tests.Hosting;

namespace Platform.Grains.Tests.ApiKeys;

internal static class ApiKeyCalls
{
    public static NewApiKey New(ApiKeyId id, ImmutableArray<byte> hash, DateTimeOffset? expiresAt = null, ApiKeyScopes scopes = ApiKeyScopes.Introspect) =>
        new() { Id = id, Name = "key", Scopes = scopes, SecretHash = hash, Prefix = "platform_sk_0123abcd", ExpiresAt = expiresAt };

    public static async Task<(ApiKeyView Key, ImmutableArray<byte> Hash)> CreateAsync(
        SiloHost silo, Actor owner, ApiKeyId? id = null, DateTimeOffset? expiresAt = null, ApiKeyScopes scopes = ApiKeyScopes.Introspect)
    {
        var key = New(id ?? PrefixedId.New<ApiKeyId>(silo.Time), SiloHost.NewSecretHash(out var hash), expiresAt, scopes);
        var made = await silo.Grains.ApiKeys(owner.TenantId).CreateAsync(owner, key, default);
        return (made.Value.ShouldNotBeNull(), hash);
    }

    /// <summary>What any host would answer: the record in this process, or the grain.</summary>
    public static async Task<ApiKeyState> CheckAsync(SiloHost silo, Actor owner, ApiKeyView key, ImmutableArray<byte> hash) =>
        silo.Service<LiveApiKeys>().TryGet(key.Id, out var live) && live.Check(hash.AsSpan(), System.Net.IPAddress.Loopback, silo.Time.GetUtcNow()) is { } state
            ? state
            : (await silo.Grains.ApiKeys(owner.TenantId).CheckAsync(key.Id, hash, System.Net.IPAddress.Loopback, default)).State;

    public static async Task<(Outcome<ApiKeyView> Outcome, ImmutableArray<byte> Hash)> RotateAsync(SiloHost silo, Actor actor, ApiKeyView key, TimeSpan overlap, Guid? operation = null)
    {
        var rotation = new ApiKeyRotation { SecretHash = SiloHost.NewSecretHash(out var hash), Overlap = overlap, Operation = operation };
        return (await silo.Grains.ApiKeys(key.TenantId).RotateAsync(actor, key.Id, rotation, default), hash);
    }
}
