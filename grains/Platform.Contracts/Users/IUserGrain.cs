using Orleans.Concurrency;

namespace Platform.Users;

/// <summary>Key: <see cref="UserId"/>. Owns one user: profile, password hash, permissions, status, live sessions.</summary>
/// <remarks>Every method answers <see cref="Refusal.NotFound"/> to an actor of another tenant, as it does for an absent user.</remarks>
[Alias("platform.IUserGrain")]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>Self, or <see cref="Permissions.Read"/>.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<Outcome<UserView>> GetAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.ManageUsers"/>. Nobody grants what they do not hold. Disabling ends every session before the grain answers.
    /// A new address waits for its owner (<see cref="ConfirmEmailAsync"/>), who gets a link; the old one is told. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.LastManager"/>,
    /// <see cref="Refusal.InvalidRequest"/>, <see cref="Refusal.ReauthenticationRequired"/> for one's own address, <see cref="Refusal.TooManyAttempts"/> for the fourth link in an hour or the sixth change in seven days.
    /// </summary>
    [Alias("Change")]
    Task<Outcome<UserView>> ChangeAsync(Actor actor, UserChange change, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.ManageUsers"/>, and all permissions of the user. The user is deleted before the grain answers: sessions have ended, and another user can have the name.
    /// Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.LastManager"/>.
    /// </summary>
    [Alias("Delete")]
    Task<Outcome> DeleteAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Self only. Other sessions end; the acting one goes on under its new secret. Refusals: <see cref="Refusal.InvalidCredentials"/>,
    /// <see cref="Refusal.TooManyAttempts"/>, <see cref="Refusal.PasswordPolicy"/>, <see cref="Refusal.Busy"/>.</summary>
    [Alias("ChangePassword"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome> ChangePasswordAsync(Actor actor, PasswordChange change, CancellationToken cancellationToken);

    /// <summary>
    /// Self only, with the password and, where there is a second factor, a fresh proof of it. As a new address in <see cref="ChangeAsync"/>. Refusals: <see cref="Refusal.InvalidCredentials"/>,
    /// <see cref="Refusal.ReauthenticationRequired"/>, <see cref="Refusal.InvalidRequest"/>, <see cref="Refusal.TooManyAttempts"/>, <see cref="Refusal.Busy"/>.
    /// </summary>
    [Alias("ChangeEmail"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome> ChangeEmailAsync(Actor actor, OwnEmailChange change, CancellationToken cancellationToken);

    /// <summary>
    /// By whoever holds the link: the address that waits counts from now on, and the one before is told. <see cref="Refusal.InvalidToken"/> also where the account, or the tenant's epoch, has
    /// changed since the link was sent, and from addresses that the tenant denies.
    /// </summary>
    [Alias("ConfirmEmail")]
    Task<Outcome> ConfirmEmailAsync(EmailConfirmation confirmation, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.ManageUsers"/> and all permissions of the user, who is invited. Sends the invitation again; the link before is void.
    /// Refusals: <see cref="Refusal.InvalidRequest"/> for a user who is not invited, <see cref="Refusal.TooManyAttempts"/> for the fourth in an hour.
    /// </summary>
    [Alias("SendInvitation")]
    Task<Outcome> SendInvitationAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>As <see cref="SendInvitationAsync"/>. The link is void; the user stays invited.</summary>
    [Alias("WithdrawInvitation")]
    Task<Outcome> WithdrawInvitationAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>
    /// By whoever holds the link: sets the password, and the user is active. <see cref="Refusal.InvalidToken"/> also where the account, or the tenant's epoch, has changed since the link was
    /// sent, and from addresses that the tenant denies. Further refusals: <see cref="Refusal.PasswordPolicy"/>, <see cref="Refusal.Busy"/>.
    /// </summary>
    [Alias("AcceptInvitation"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome> AcceptInvitationAsync(InvitationAcceptance acceptance, CancellationToken cancellationToken);

    /// <summary>Self, or <see cref="Permissions.ManageUsers"/>. <see cref="Refusal.NotFound"/> for a session that is not this user's.</summary>
    [Alias("EndSession")]
    Task<Outcome> EndSessionAsync(Actor actor, SessionId session, CancellationToken cancellationToken);

    /// <summary>
    /// By whoever holds the link of a notice about a sign-in: ends the session of that sign-in, from anywhere. <see cref="Refusal.InvalidToken"/> where it is over.
    /// </summary>
    [Alias("EndSessionByLink")]
    Task<Outcome> EndSessionByLinkAsync(SessionEndLink link, CancellationToken cancellationToken);

    /// <summary>Self, or <see cref="Permissions.ManageUsers"/>. Ends all sessions but <paramref name="keep"/>; durable when it returns.</summary>
    [Alias("EndSessions")]
    Task<Outcome> EndSessionsAsync(Actor actor, SessionId? keep, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.ManageUsers"/> and all permissions of the user. Sends the user a reset link, as if the user had asked for it; the actor does not see the link
    /// (ASVS 6.4.6). Refusals: <see cref="Refusal.InvalidRequest"/> for a disabled user, <see cref="Refusal.TooManyAttempts"/>.
    /// </summary>
    [Alias("SendPasswordReset")]
    Task<Outcome> SendPasswordResetAsync(Actor actor, CancellationToken cancellationToken);
}
