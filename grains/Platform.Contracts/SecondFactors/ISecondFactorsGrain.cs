using Orleans.Concurrency;

namespace Platform.SecondFactors;

/// <summary>
/// Key: <see cref="UserId"/>. A user's second factors: the calls of the user's grain that set them up and remove them (row 2FA).
/// <see cref="SignIn.ISignInGrain"/> signs in with them.
/// </summary>
/// <remarks>
/// All calls but the last are for the user only. Setting up and removing need an authentication of the last 15 minutes, with a factor if there is one:
/// <see cref="Refusal.ReauthenticationRequired"/>. Setting up needs the tenant's feature: <see cref="Refusal.FeatureRequired"/>. The user is notified of each change.
/// </remarks>
[Alias("platform.ISecondFactorsGrain")]
public interface ISecondFactorsGrain : IGrainWithStringKey
{
    [Alias("Get"), AlwaysInterleave]
    Task<Outcome<SecondFactorsView>> GetSecondFactorsAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Makes a new secret, to be confirmed within 15 minutes. The old one stays in use until then.</summary>
    [Alias("BeginTotp")]
    Task<Outcome<TotpEnrolment>> BeginTotpAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Uses the code up. Makes ten recovery codes anew. <see cref="Refusal.InvalidCode"/>; five wrong ones end the enrolment.</summary>
    [Alias("ConfirmTotp")]
    Task<Outcome<ConfirmedFactor>> ConfirmTotpAsync(Actor actor, FactorConfirmation confirmation, CancellationToken cancellationToken);

    /// <summary>Other sessions end. Recovery codes go with the last factor. Refusals: <see cref="Refusal.InvalidCredentials"/>, <see cref="Refusal.InvalidCode"/>,
    /// <see cref="Refusal.TooManyAttempts"/>, <see cref="Refusal.NoSecondFactor"/>, <see cref="Refusal.LastSecondFactor"/>, <see cref="Refusal.Busy"/>.</summary>
    [Alias("RemoveTotp"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome> RemoveTotpAsync(Actor actor, FactorRemoval removal, CancellationToken cancellationToken);

    /// <summary>Sends a code to a number in E.164. The old number stays in use until the new one is confirmed. <see cref="Refusal.TooManyAttempts"/> beyond the user's budget of messages.</summary>
    [Alias("BeginPhone")]
    Task<Outcome> BeginPhoneAsync(Actor actor, string phoneNumber, CancellationToken cancellationToken);

    /// <inheritdoc cref="ConfirmTotpAsync"/>
    [Alias("ConfirmPhone")]
    Task<Outcome<ConfirmedFactor>> ConfirmPhoneAsync(Actor actor, FactorConfirmation confirmation, CancellationToken cancellationToken);

    /// <inheritdoc cref="RemoveTotpAsync"/>
    [Alias("RemovePhone"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome> RemovePhoneAsync(Actor actor, FactorRemoval removal, CancellationToken cancellationToken);

    /// <summary>Makes ten new recovery codes; the old ones are void from then on. <see cref="Refusal.NoSecondFactor"/> if the user has no second factor.</summary>
    [Alias("ReplaceRecoveryCodes")]
    Task<Outcome<RecoveryCodeSet>> ReplaceRecoveryCodesAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.ManageUsers"/> and all permissions of the user; not for oneself. Removes all factors of a user who lost them, and ends all sessions.
    /// </summary>
    [Alias("Reset")]
    Task<Outcome> ResetSecondFactorsAsync(Actor actor, CancellationToken cancellationToken);
}
