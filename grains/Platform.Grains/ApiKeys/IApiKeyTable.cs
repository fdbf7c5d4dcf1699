namespace Platform.ApiKeys;

/// <summary>Plain table of API keys, written through by the grain of the tenant's keys; the time of last use is written behind.</summary>
public interface IApiKeyTable
{
    /// <summary>Insert or overwrite by id; the time of last use stays.</summary>
    Task SaveAsync(ApiKeyView key, CancellationToken cancellationToken);

    Task RemoveAsync(ApiKeyId key, CancellationToken cancellationToken);

    /// <summary>Newest first (by id descending as printed), before the id <see cref="PageRequest.After"/>.</summary>
    Task<Page<ApiKeyView>> ListAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Sorted by id by the caller; a time never goes back; of keys that are gone nothing is kept. May be forgotten by a crash of the database.</summary>
    Task SaveUsesAsync(IReadOnlyList<ApiKeyUse> uses, CancellationToken cancellationToken);
}
