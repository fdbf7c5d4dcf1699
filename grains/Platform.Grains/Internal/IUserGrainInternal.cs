using Orleans.Concurrency;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Users;

namespace Platform.Internal;

/// <summary>The user's grain as other grains of the silo see it; hosts see <see cref="IUserGrain"/> and cannot reach this one.</summary>
[Alias("platform.IUserAccountGrain")]
internal interface IUserGrainInternal : IGrainWithStringKey
{
    /// <summary>Made already: the user as it was made.</summary>
    [Alias("Create")]
    Task<UserView> CreateAsync(NewAccount account, CancellationToken cancellationToken);

    /// <summary>Wraps by the current master key what another one wrapped for this user. Done before, or no such user: changes nothing.</summary>
    [Alias("RewrapSecrets")]
    Task RewrapSecretsAsync(CancellationToken cancellationToken);

    [Alias("Exists"), AlwaysInterleave]
    Task<bool> ExistsAsync(CancellationToken cancellationToken);

    [Alias("FindCredential"), AlwaysInterleave]
    Task<Credential?> FindCredentialAsync(CancellationToken cancellationToken);

    /// <summary>Sends a reset link. Otherwise why not, for the access log: no active user, too many links, or an address that the tenant's rules keep out.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="epoch">Of the tenant, as looked up for every account alike.</param>
    [Alias("BeginReset")]
    Task<string?> BeginResetAsync(ClientInfo client, int epoch, CancellationToken cancellationToken);

    /// <inheritdoc cref="IPasswordResetGrain.ResetAsync"/>
    [Alias("ResetPassword"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome> ResetPasswordAsync(PasswordReset reset, CancellationToken cancellationToken);

    /// <summary>Where notifications go; null when there is no such user.</summary>
    [Alias("FindContact"), AlwaysInterleave]
    Task<UserContact?> FindContactAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="Privacy.IPrivacyGrain.BeginExportAsync"/>
    [Alias("BeginExport")]
    Task<Outcome<Privacy.UserRecord>> BeginExportAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Null when there is no such user or it is disabled.</summary>
    [Alias("HasSecondFactor"), AlwaysInterleave]
    Task<bool?> HasSecondFactorAsync(CancellationToken cancellationToken);

    /// <summary>
    /// All checks of <see cref="Privacy.IErasureGrain.RequestAsync"/>; then the log says it, and the job is on disk. <see cref="Refusal.NotFound"/> also for users that were
    /// deleted before.
    /// </summary>
    [Alias("BeginErasure")]
    Task<Outcome> BeginErasureAsync(Actor actor, Privacy.ErasureCertificate erasure, bool fresh, CancellationToken cancellationToken);

    /// <summary>Removes all that is found by the user's name and addresses, then the user. Each step may have been done before.</summary>
    [Alias("Erase")]
    Task EraseAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no such user, or its eligibility is just being changed: then nothing is certain.</summary>
    [Alias("FindStanding"), AlwaysInterleave]
    Task<ManagerEligibility?> FindEligibilityAsync(CancellationToken cancellationToken);

    /// <summary>Refused as <see cref="Refusal.InvalidCredentials"/> when the account changed, or all sessions of the tenant were ended, since the password was verified.</summary>
    [Alias("Enter")]
    Task<Outcome<SignInResult>> CompletePasswordAsync(OpenSessionRequest opening, CancellationToken cancellationToken);

    /// <inheritdoc cref="ISignInGrain.VerifySecondFactorAsync"/>
    [Alias("Prove")]
    Task<Outcome<SignInResult>> VerifySecondFactorAsync(SecondFactorProof proof, CancellationToken cancellationToken);

    /// <inheritdoc cref="ISignInGrain.ChooseNewPasswordAsync"/>
    [Alias("ChooseNewPassword"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome<SignInResult>> ChooseNewPasswordAsync(NewPasswordChoice choice, CancellationToken cancellationToken);

    /// <inheritdoc cref="ISignInGrain.SendCodeAsync"/>
    [Alias("SendSignInCode")]
    Task<Outcome> SendSignInCodeAsync(ChallengeReference reference, CancellationToken cancellationToken);

    /// <summary>Its tenant is being deleted, and its data key is destroyed: what storage holds of it goes, with nothing in any log. It may have been done before.</summary>
    [Alias("Drop")]
    Task DropAsync(CancellationToken cancellationToken);

    /// <summary>
    /// By a command on the machine that holds data and master key, never by a call of the API: another password, which has to be replaced at sign-in, no second factor, no
    /// session. <see cref="Refusal.NotFound"/>; <see cref="Refusal.Forbidden"/> for one who is no operator; <see cref="Refusal.InvalidRequest"/> for one who is not active.
    /// </summary>
    [Alias("RecoverOperator"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome<RecoveredOperator>> RecoverOperatorAsync(OperatorRecoveryRequest request, CancellationToken cancellationToken);

    /// <summary>After the platform was restored from a backup: what had ended of this user since ends again, and the log says so. The same again changes nothing.</summary>
    /// <returns>False: nobody is left who manages users in the tenant.</returns>
    [Alias("EndAgain")]
    Task<bool> EndAgainAsync(UserEndings endings, PlatformRestore restore, TenantId tenant, CancellationToken cancellationToken);

    /// <summary>
    /// For a session that comes into memory: whom it speaks for, or null when it may not live (user disabled, or ended from the user's list).
    /// Interleaves, because the user's grain may be the one that is waiting for that session.
    /// </summary>
    [Alias("FindSubject"), AlwaysInterleave]
    Task<SessionSubject?> FindSubjectAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>A session has ended by itself; it need not be listed any more. Written with the next change.</summary>
    [Alias("ForgetSession"), OneWay]
    Task ForgetSessionAsync(SessionId session);
}
