using Orleans.Concurrency;

namespace Platform.Users;

[StatelessWorker, Reentrant]
public sealed class UserRegistrationGrain(UserRegistration registration) : Grain, IUserRegistrationGrain
{
    public async Task<Outcome<UserView>> CreateAsync(Actor actor, NewUser user, CancellationToken cancellationToken)
    {
        if (actor.TenantId != user.TenantId) return Refusal.NotFound;
        if (!actor.Holds(Permissions.ManageUsers) || !actor.Holds(user.Permissions)) return Refusal.Forbidden;
        var created = await registration.CreateAsync(user, cancellationToken);
        if (created.Value is not null && user.Permissions.HasFlag(Permissions.ManageUsers))
        {
            await GrainFactory.TenantAccount(user.TenantId).AddManagerAsync(created.Value.Id, cancellationToken);
        }

        return created;
    }
}
