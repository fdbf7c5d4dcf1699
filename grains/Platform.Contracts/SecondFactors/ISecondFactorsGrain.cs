using Orleans.Concurrency;

namespace Platform.SecondFactors;

/// <summary>
/// Key: <see cref="UserId"/>. A user's second factors: the user's grain, as those see it who set them up (row 2FA). What signs in with them is
/// <see cref="SignIn.ISignInGrain"/>.
/// </summary>
/// <remarks>
/// All but the last are for the user only. Setting up and giving up need an authentication of the last 15 minutes, with a factor where there is one:
/// <see cref="Refusal.ReauthenticationRequired"/>. Setting up needs the tenant's feature: <see cref="Refusal.FeatureRequired"/>. The user is notified of each change.
/// </remarks>
[Alias("platform.ISecondFactorsGrain")]
public interface ISecondFactorsGrain : IGrainWithStringKey
{
    [Alias("Get"), AlwaysInterleave]
    Task<Outcome<SecondFactorsView>> GetSecondFactorsAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>A new secret, to be confirmed within 15 minutes. What is in use stays so until then.</summary>
    [Alias("BeginTotp")]
    Task<Outcome<TotpEnrolment>> BeginTotpAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Uses the code up. Makes ten recovery codes anew. <see cref="Refusal.InvalidCode"/>; five wrong ones end the enrolment.</summary>
    [Alias("ConfirmTotp")]
    Task<Outcome<ConfirmedFactor>> ConfirmTotpAsync(Actor actor, FactorConfirmation confirmation, CancellationToken cancellationToken);

    /// <summary>Other sessions end. Recovery codes go with the last factor. Refusals: <see cref="Refusal.InvalidCredentials"/>, <see cref="Refusal.InvalidCode"/>,
    /// <see cref="Refusal.TooManyAttempts"/>, <see cref="Refusal.NoSecondFactor"/>, <see cref="Refusal.LastSecondFactor"/>, <see cref="Refusal.Busy"/>.</summary>
    [Alias("RemoveTotp"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome> RemoveTotpAsync(Actor actor, FactorRemoval removal, CancellationToken cancellationToken);

    /// <summary>Sends a code to a number in E.164. A number in use stays so until the new one is confirmed. <see cref="Refusal.TooManyAttempts"/> beyond the user's budget of messages.</summary>
    [Alias("BeginPhone")]
    Task<Outcome> BeginPhoneAsync(Actor actor, string phoneNumber, CancellationToken cancellationToken);

    /// <inheritdoc cref="ConfirmTotpAsync"/>
    [Alias("ConfirmPhone")]
    Task<Outcome<ConfirmedFactor>> ConfirmPhoneAsync(Actor actor, FactorConfirmation confirmation, CancellationToken cancellationToken);

    /// <inheritdoc cref="RemoveTotpAsync"/>
    [Alias("RemovePhone"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome> RemovePhoneAsync(Actor actor, FactorRemoval removal, CancellationToken cancellationToken);

    /// <summary>Ten new ones; the old ones are of no use from then on. <see cref="Refusal.NoSecondFactor"/> where there is nothing to recover.</summary>
    [Alias("ReplaceRecoveryCodes")]
    Task<Outcome<RecoveryCodeSet>> ReplaceRecoveryCodesAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.ManageUsers"/> and whatever the user holds; not for oneself. Takes all factors of a user who lost them; all sessions end.
    /// </summary>
    [Alias("Reset")]
    Task<Outcome> ResetSecondFactorsAsync(Actor actor, CancellationToken cancellationToken);
}
