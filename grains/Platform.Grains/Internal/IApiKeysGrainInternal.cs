using System.Collections.Immutable;

namespace Platform.Internal;

/// <summary>A tenant's API keys as the platform itself treats them (key: <see cref="TenantId"/>).</summary>
[Alias("platform.IApiKeysGrainInternal")]
internal interface IApiKeysGrainInternal : IGrainWithStringKey
{
    /// <summary>Revokes all keys: after a restore nobody knows which of them had been revoked. In the access log, each of them; the same again changes nothing.</summary>
    [Alias("RevokeAll")]
    Task RevokeAllAsync(CancellationToken cancellationToken);

    /// <summary>The same for those of which the journal of endings says that they were revoked, or have another secret. Unknown ones are passed over.</summary>
    [Alias("RevokeThose")]
    Task RevokeThoseAsync(ImmutableArray<ApiKeyId> keys, CancellationToken cancellationToken);
}
