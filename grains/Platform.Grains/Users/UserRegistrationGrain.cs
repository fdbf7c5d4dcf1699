using Orleans.Concurrency;
using Platform.Authorization;
using Platform.Internal;
using Platform.Tenants;

namespace Platform.Users;

[StatelessWorker, Reentrant]
internal sealed class UserRegistrationGrain(UserRegistration registration, LiveTenantLookup tenants) : Grain, IUserRegistrationGrain
{
    public async Task<Outcome<UserView>> CreateAsync(Actor actor, NewUser user, CancellationToken cancellationToken)
    {
        if (actor.TenantId != user.TenantId) return Refusal.NotFound;
        if (!actor.Holds(Permissions.ManageUsers)) return Refusal.Forbidden;
        if (await tenants.FindAsync(user.TenantId, cancellationToken) is not { Roles: var roles }) return Refusal.NotFound;
        if (user.Role is { } role && roles.Find(role) is null) return UserRoles.Unknown;
        if (!Rights.MayChange(actor.Permissions, Permissions.None, roles.Of(user.Role, user.Permissions))) return Refusal.Forbidden;

        // One that an earlier call has made has its place.
        var created = user.Id is { } id && await GrainFactory.UserInternal(id).ExistsAsync(cancellationToken)
            ? await registration.CreateAsync(user, actor, cancellationToken)
            : await GrainFactory.TenantUsage(user.TenantId).MakeAsync(TenantObject.User, () => registration.CreateAsync(user, actor, cancellationToken), cancellationToken);
        if (created.Value is not { } made) return created;
        await GrainFactory.TenantInternal(user.TenantId).CommitEligibilityChangeAsync(made.Id, new ManagerEligibility(made.Status, made.Permissions, made.Role), cancellationToken);
        return made with { Permissions = roles.Of(made.Role, made.Permissions) };
    }
}
