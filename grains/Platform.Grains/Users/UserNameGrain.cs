using Microsoft.Extensions.Logging;
using Platform.State;

namespace Platform.Users;

public sealed class UserNameGrain : Grain, IUserNameGrain
{
    private readonly Committed<StoredUserName> _state;
    private readonly TimeProvider _time;

    public UserNameGrain(
        [PersistentState(StateNames.UserName, StateNames.Storage)] IPersistentState<StoredUserName> storage,
        TimeProvider time,
        ILogger<UserNameGrain> logger) =>
        (_state, _time) = (new Committed<StoredUserName>(storage, this, logger), time);

    public Task<UserId?> FindAsync(CancellationToken cancellationToken) => Task.FromResult(_state.Value?.UserId);

    public async Task<bool> ClaimAsync(UserId user, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (_state.Value is { } claim && claim.UserId != user)
        {
            if (!NameClaims.CanBeTakenOver(claim.ClaimedAt, now)) return false;
            if (await GrainFactory.Account(claim.UserId).ExistsAsync(cancellationToken)) return false;
        }

        await _state.CommitAsync(new StoredUserName { UserId = user, ClaimedAt = now }, cancellationToken);
        return true;
    }

    public async Task ReleaseAsync(UserId user, CancellationToken cancellationToken)
    {
        if (_state.Value?.UserId == user) await _state.ClearAsync(cancellationToken);
    }
}
