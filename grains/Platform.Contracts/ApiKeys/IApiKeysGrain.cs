using System.Collections.Immutable;
using System.Net;
using Orleans.Concurrency;

namespace Platform.ApiKeys;

/// <summary>Key: <see cref="TenantId"/>. Owns the API keys of one tenant.</summary>
[Alias("platform.IApiKeysGrain")]
public interface IApiKeysGrain : IGrainWithStringKey
{
    /// <summary>
    /// Members with <see cref="Permissions.ManageUsers"/> who hold what the scopes give; durable when this returns. For an id that exists already it returns the
    /// same key with the new secret, because its maker crashed before it could show the old one. Refusals: <see cref="Refusal.NotFound"/>, <see cref="Refusal.Forbidden"/>,
    /// <see cref="Refusal.InvalidRequest"/>, <see cref="Refusal.TooManyApiKeys"/>.
    /// </summary>
    [Alias("Create")]
    Task<Outcome<ApiKeyView>> CreateAsync(Actor actor, NewApiKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Members with <see cref="Permissions.ManageUsers"/> who hold what the key's scopes give; durable when this returns. The secret that is replaced counts for the overlap, one before it
    /// ends at once. The same operation again replaces the new secret alone, because its maker crashed before it could show it. Refusals: <see cref="Refusal.NotFound"/>,
    /// <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidRequest"/>, <see cref="Refusal.ApiKeyExpired"/>.
    /// </summary>
    [Alias("Rotate")]
    Task<Outcome<ApiKeyView>> RotateAsync(Actor actor, ApiKeyId key, ApiKeyRotation rotation, CancellationToken cancellationToken);

    /// <summary>
    /// Members with <see cref="Permissions.ManageUsers"/> who hold what the key's scopes give: from then on it counts for them, and no longer for its sponsor before. Durable when this returns; the same
    /// again changes nothing. Refusals: <see cref="Refusal.NotFound"/>, <see cref="Refusal.Forbidden"/>, <see cref="Refusal.ApiKeyExpired"/>.
    /// </summary>
    [Alias("TakeOver")]
    Task<Outcome<ApiKeyView>> TakeOverAsync(Actor actor, ApiKeyId key, CancellationToken cancellationToken);

    /// <summary>Members with <see cref="Permissions.ManageUsers"/>; refused everywhere from the answer on, also after a crash.</summary>
    [Alias("Delete")]
    Task<Outcome> DeleteAsync(Actor actor, ApiKeyId key, CancellationToken cancellationToken);

    /// <summary>Members with <see cref="Permissions.ManageUsers"/>; newest first.</summary>
    [Alias("List"), AlwaysInterleave]
    Task<Outcome<Page<ApiKeyView>>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Checks a key whose text is genuine. Counts as use.</summary>
    [Alias("Check"), AlwaysInterleave, ResponseTimeout(ResponseTimeouts.Validation)]
    Task<ApiKeyCheck> CheckAsync(ApiKeyId key, ImmutableArray<byte> secretHash, IPAddress? from, CancellationToken cancellationToken);
}
