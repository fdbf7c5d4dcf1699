using Platform.Deletion;
using Platform.Internal;
using Platform.Security;
using Platform.Snippets;
using Platform.Support;
using Platform.Tenants;

namespace Platform.Restores;

/// <summary>
/// What follows from a restore before anybody may use the platform (row DR, threat T78): a backup does not know what has ended since. What the journal of endings knows ends again; where it does not know
/// all, or there is none, all that could have ended ends.
/// </summary>
internal sealed class RestoreConsequences(IGrainFactory grains, TenantTable tenants, ProvenDomainTable domains, TenantDeletionTable deletions, DataKeys keys)
{
    /// <summary>The same restore again changes nothing.</summary>
    /// <param name="restore">What was done.</param>
    /// <param name="plans">By tenant; null: there is no journal. A tenant without one is not known to it.</param>
    /// <param name="cancellationToken">Leaves a restore that has to begin anew.</param>
    /// <returns>What was gone through.</returns>
    public async Task<RestoredTenants> ApplyAsync(PlatformRestore restore, IReadOnlyDictionary<TenantId, EndingPlan>? plans, CancellationToken cancellationToken)
    {
        var done = new RestoredTenants();
        await foreach (var tenant in tenants.ReadAllAsync(cancellationToken))
        {
            var plan = plans?.GetValueOrDefault(tenant.Id);
            var own = restore with { Endings = plan?.Tenant, IsDestroyed = await IsDestroyedAsync(tenant, cancellationToken) };
            done.Add(tenant, own, await ApplyAsync(own, tenant, plan, cancellationToken));
        }

        await domains.CheckAllAsync(restore.RestoredAt, cancellationToken);
        return done;
    }

    /// <returns>False: nobody is left who manages users.</returns>
    private async Task<bool> ApplyAsync(PlatformRestore restore, TenantView tenant, EndingPlan? plan, CancellationToken cancellationToken)
    {
        var deletion = tenant.Slug == Slugs.Platform ? null : restore.Deletion;
        if (deletion is { DeletesAt: not null }) await AddDeletionAsync(restore, tenant.Id, deletion, cancellationToken);

        // First of all: the log says why, before it says of each key and grant that it has ended.
        await grains.TenantInternal(tenant.Id).RecordRestoreAsync(restore, cancellationToken);
        if (deletion is { Begun: true })
        {
            // All of it goes, and what goes first lets nobody in. What is not done within the call the platform does by itself.
            await grains.TenantDeletion(tenant.Id).ResumeAsync(cancellationToken);
            return true;
        }

        if (plan is { Tenant.IsWhole: true }) await grains.ApiKeysInternal(tenant.Id).RevokeThoseAsync([.. plan.Keys], cancellationToken);
        else await grains.ApiKeysInternal(tenant.Id).RevokeAllAsync(cancellationToken);
        await grains.SupportExpiry(tenant.Id).EndAllAsync(cancellationToken);
        if (plan is null) return true;

        var hasManager = true;
        foreach (var (user, endings) in plan.Users)
        {
            hasManager &= await grains.UserInternal(user).EndAgainAsync(endings, restore, tenant.Id, cancellationToken);
            if (endings.Erased) await grains.Erasure(user).ResumeAsync(cancellationToken);
        }

        return hasManager;
    }

    /// <summary>The data keys are those of a newer backup: a deletion that had begun by then is known by them.</summary>
    private async Task<bool> IsDestroyedAsync(TenantView tenant, CancellationToken cancellationToken) =>
        tenant.Slug != Slugs.Platform && (await keys.FindAsync([tenant.Id.ToString()], cancellationToken)).TryGetValue(tenant.Id.ToString(), out var key) && key is null;

    /// <summary>The row comes first, as when somebody asks for it.</summary>
    private Task AddDeletionAsync(PlatformRestore restore, TenantId tenant, DeletionEnding deletion, CancellationToken cancellationToken) => deletions.AddAsync(
        new TenantDeletionView { TenantId = tenant, RequestedAt = restore.RestoredAt, RequestedBy = deletion.RequestedBy ?? default, DeletesAt = deletion.DeletesAt!.Value }, cancellationToken);
}
