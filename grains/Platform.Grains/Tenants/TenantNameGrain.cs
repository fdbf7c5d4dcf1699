using Platform.Internal;
using Platform.State;

namespace Platform.Tenants;

internal sealed class TenantNameGrain(
    [CommittedState(StateNames.TenantName)] Committed<StoredTenantName> state,
    TimeProvider time) : Grain, ITenantNameGrain
{
    public Task<TenantId?> ResolveAsync(CancellationToken cancellationToken) => Task.FromResult(state.Value is { Retired: false } claim ? claim.TenantId : (TenantId?)null);

    public async Task<bool> ClaimAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (state.Value is { Retired: true }) return false;
        if (state.Value is { } claim && claim.TenantId != tenant)
        {
            if (!NameClaims.CanBeTakenOver(claim.ClaimedAt, now)) return false;
            if (await GrainFactory.TenantInternal(claim.TenantId).ExistsAsync(cancellationToken)) return false;
        }

        await state.CommitAsync(new StoredTenantName { TenantId = tenant, ClaimedAt = now }, cancellationToken);
        return true;
    }

    public async Task ReleaseAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (state.Value is { Retired: false } claim && claim.TenantId == tenant) await state.ClearAsync(cancellationToken);
        DeactivateOnIdle();
    }

    public async Task RetireAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        // The tenant's id and the time go too: what stays is that the slug was somebody's.
        if (state.Value is { Retired: false } claim && claim.TenantId == tenant) await state.CommitAsync(new StoredTenantName { Retired = true }, cancellationToken);
    }
}
