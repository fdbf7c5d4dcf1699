using Platform.Internal;
using Platform.State;

namespace Platform.Users;

internal sealed class UserNameGrain(
    [CommittedState(StateNames.UserName)] Committed<StoredUserName> state,
    TimeProvider time) : Grain, IUserNameGrain
{
    public Task<UserId?> FindAsync(CancellationToken cancellationToken) => Task.FromResult(state.Value?.UserId);

    public async Task<bool> ClaimAsync(UserId user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (state.Value is { } claim && claim.UserId != user)
        {
            if (!NameClaims.CanBeTakenOver(claim.ClaimedAt, now)) return false;
            if (await GrainFactory.UserInternal(claim.UserId).ExistsAsync(cancellationToken)) return false;
        }

        await state.CommitAsync(new StoredUserName { UserId = user, ClaimedAt = now }, cancellationToken);
        return true;
    }

    public async Task ReleaseAsync(UserId user, CancellationToken cancellationToken)
    {
        if (state.Value?.UserId == user) await state.ClearAsync(cancellationToken);
    }
}
