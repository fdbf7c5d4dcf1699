namespace Platform.Users;

/// <summary>Creates users (key <c>registration_</c>, stateless). It is not the user's grain, because it claims the name first and hashing is slow.</summary>
[Alias("platform.IUserRegistrationGrain")]
public interface IUserRegistrationGrain : IGrainWithStringKey
{
    /// <summary>
    /// <see cref="Permissions.ManageUsers"/> in that tenant. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.NotFound"/>,
    /// <see cref="Refusal.InvalidRequest"/>, <see cref="Refusal.PasswordPolicy"/>, <see cref="Refusal.UsernameTaken"/>, <see cref="Refusal.Busy"/>.
    /// </summary>
    [Alias("Create"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome<UserView>> CreateAsync(Actor actor, NewUser user, CancellationToken cancellationToken);
}
