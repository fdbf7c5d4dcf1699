using Microsoft.Extensions.Logging;
using Platform.State;

namespace Platform.Tenants;

public sealed class TenantNameGrain : Grain, ITenantNameGrain
{
    private readonly Committed<StoredTenantName> _state;
    private readonly TimeProvider _time;

    public TenantNameGrain(
        [PersistentState(StateNames.TenantName, StateNames.Storage)] IPersistentState<StoredTenantName> storage,
        TimeProvider time,
        ILogger<TenantNameGrain> logger) =>
        (_state, _time) = (new Committed<StoredTenantName>(storage, this, logger), time);

    public Task<TenantId?> ResolveAsync(CancellationToken cancellationToken) => Task.FromResult(_state.Value?.TenantId);

    public async Task<bool> ClaimAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (_state.Value is { } claim && claim.TenantId != tenant)
        {
            if (!NameClaims.CanBeTakenOver(claim.ClaimedAt, now)) return false;
            if (await GrainFactory.TenantAccount(claim.TenantId).ExistsAsync(cancellationToken)) return false;
        }

        await _state.CommitAsync(new StoredTenantName { TenantId = tenant, ClaimedAt = now }, cancellationToken);
        return true;
    }

    public async Task ReleaseAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (_state.Value?.TenantId == tenant) await _state.ClearAsync(cancellationToken);
        DeactivateOnIdle();
    }
}
