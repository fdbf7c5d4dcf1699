using Platform.Internal;
using Platform.Snippets;
using Platform.Support;
using Platform.Tenants;

namespace Platform.Restores;

/// <summary>
/// What follows from a restore before anybody may use the platform (row DR, threat T78): a backup does not know what has ended since, so all that could have ended ends. One write for the
/// sessions of a tenant, however many there are.
/// </summary>
internal sealed class RestoreConsequences(IGrainFactory grains, TenantTable tenants, ProvenDomainTable domains)
{
    /// <summary>The same restore again changes nothing.</summary>
    /// <returns>Tenants that were gone through.</returns>
    public async Task<int> ApplyAsync(PlatformRestore restore, CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var tenant in tenants.ReadAllAsync(cancellationToken))
        {
            // First of all: the log says why, before it says of each key and grant that it has ended.
            await grains.TenantInternal(tenant.Id).RecordRestoreAsync(restore, cancellationToken);
            await grains.ApiKeysInternal(tenant.Id).RevokeAllAsync(cancellationToken);
            await grains.SupportExpiry(tenant.Id).EndAllAsync(cancellationToken);
            count++;
        }

        await domains.CheckAllAsync(restore.RestoredAt, cancellationToken);
        return count;
    }
}
