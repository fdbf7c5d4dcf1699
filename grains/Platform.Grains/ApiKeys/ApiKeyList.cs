using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Platform.ApiKeys;

/// <summary>The rows of one tenant's keys. The state of their grain is the authority.</summary>
internal sealed partial class ApiKeyList(ApiKeyTable table, ILogger<ApiKeyList> logger)
{
    private const int MaxRows = 200;

    public Task SaveAsync(ApiKeyView key, CancellationToken cancellationToken) => table.SaveAsync(key, cancellationToken);

    /// <summary>With the last use, and without what only the state knows.</summary>
    public Task<Page<ApiKeyView>> ReadAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken) => table.ListAsync(tenant, page, cancellationToken);

    public async Task<bool> TryRemoveAsync(ApiKeyId key, CancellationToken cancellationToken)
    {
        try
        {
            await table.RemoveAsync(key, cancellationToken);
            return true;
        }
        catch (StorageUnavailableException failure)
        {
            NotUnlisted(logger, failure);
            return false;
        }
    }

    /// <summary>Rows that a crash left or took are put right.</summary>
    public async Task MendAsync(TenantId tenant, ImmutableArray<StoredApiKey> keys, CancellationToken cancellationToken)
    {
        var listed = (await table.ListAsync(tenant, new PageRequest(MaxRows, null), cancellationToken)).Items.Select(row => row.Id).ToHashSet();
        foreach (var missing in keys.Where(key => !listed.Remove(key.Id))) await table.SaveAsync(ApiKeyRules.ViewOf(tenant, missing), cancellationToken);
        foreach (var stray in listed) await table.RemoveAsync(stray, cancellationToken);
    }

    [LoggerMessage(EventName = "ApiKeyNotUnlisted", Level = LogLevel.Warning, Message = "An API key was deleted, but the list of keys could not be updated yet")]
    private static partial void NotUnlisted(ILogger logger, Exception failure);
}
