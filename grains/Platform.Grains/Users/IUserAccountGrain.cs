using System.Collections.Immutable;
using Orleans.Concurrency;
using Platform.Sessions;

namespace Platform.Users;

/// <summary>What sign-in needs of a user. Never leaves the silo.</summary>
[GenerateSerializer, Immutable, Alias("platform.Credential")]
public sealed record Credential([property: Id(0)] string PasswordHash, [property: Id(1)] UserStatus Status, [property: Id(70)] int PasswordVersion)
{
    /// <summary>Prints no hash.</summary>
    public override string ToString() => nameof(Credential);
}

[GenerateSerializer, Immutable, Alias("platform.UserContact")]
public sealed record UserContact([property: Id(0)] string Username, [property: Id(1)] string Email);

/// <summary>A user whose password was right, and the session that it may lead to.</summary>
[GenerateSerializer, Immutable, Alias("platform.SessionOpening")]
public sealed record OpenSessionRequest
{
    /// <summary>The hash that was verified. Another sign-in may have stored its rehash meanwhile.</summary>
    [Id(0)] public required string VerifiedHash { get; init; }

    /// <summary>Of the password that was verified: if it has changed since, the opening is refused.</summary>
    [Id(70)] public required int PasswordVersion { get; init; }

    /// <summary>The same password under today's parameters; takes the place of <see cref="VerifiedHash"/> and of no other.</summary>
    [Id(1)] public string? Rehash { get; init; }
    [Id(2)] public required ImmutableArray<byte> SecretHash { get; init; }
    [Id(3)] public required SessionPolicy Policy { get; init; }
    [Id(5)] public required ClientInfo Client { get; init; }

    /// <summary>The tenant lets nobody in with a password alone.</summary>
    [Id(6)] public bool RequireSecondFactor { get; init; }
    [Id(7)] public SessionTransport Transport { get; init; }

    /// <inheritdoc cref="Tenants.SignInRules.Epoch"/>
    [Id(20)] public required int TenantEpoch { get; init; }

    /// <inheritdoc cref="SessionView.Page"/>
    [Id(40)] public Snippets.PageOrigin? Page { get; init; }

    /// <summary>Prints no hash.</summary>
    public override string ToString() => nameof(OpenSessionRequest);
}

[GenerateSerializer, Immutable, Alias("platform.NewAccount")]
public sealed record NewAccount
{
    [Id(0)] public required TenantId TenantId { get; init; }
    [Id(1)] public required string Username { get; init; }
    [Id(2)] public required string NormalisedName { get; init; }
    [Id(3)] public required string Email { get; init; }
    [Id(4)] public required string PasswordHash { get; init; }
    [Id(5)] public required Permissions Permissions { get; init; }
    [Id(20)] public string? Role { get; init; }

    /// <summary>Who makes it; null: the platform.</summary>
    [Id(30)] public Actor? Actor { get; init; }

    /// <summary>Prints no hash.</summary>
    public override string ToString() => nameof(NewAccount);
}

/// <summary>The user's grain as other grains see it; hosts see <see cref="IUserGrain"/>.</summary>
[Alias("platform.IUserAccountGrain")]
public interface IUserAccountGrain : IGrainWithStringKey
{
    /// <summary>Made already: the user as it was made.</summary>
    [Alias("Create")]
    Task<UserView> CreateAsync(NewAccount account, CancellationToken cancellationToken);

    [Alias("Exists"), AlwaysInterleave]
    Task<bool> ExistsAsync(CancellationToken cancellationToken);

    [Alias("FindCredential"), AlwaysInterleave]
    Task<Credential?> FindCredentialAsync(CancellationToken cancellationToken);

    /// <summary>Sends a reset link. Otherwise why not, for the access log: no active user, too many links, or an address that the tenant's rules keep out.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="epoch">Of the tenant, as looked up for every account alike.</param>
    /// <param name="cancellationToken">Of the call.</param>
    [Alias("BeginReset")]
    Task<string?> BeginResetAsync(ClientInfo client, int epoch, CancellationToken cancellationToken);

    /// <inheritdoc cref="IPasswordResetGrain.ResetAsync"/>
    [Alias("ResetPassword"), ResponseTimeout(HashingWait.ResponseTimeout)]
    Task<Outcome> ResetPasswordAsync(PasswordReset reset, CancellationToken cancellationToken);

    /// <summary>Where notifications go; null when there is no such user.</summary>
    [Alias("FindContact"), AlwaysInterleave]
    Task<UserContact?> FindContactAsync(CancellationToken cancellationToken);

    /// <summary>Addresses and numbers to which messages to the user go or may be on their way.</summary>
    [Alias("FindAddresses"), AlwaysInterleave]
    Task<ImmutableArray<string>> FindAddressesAsync(CancellationToken cancellationToken);

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
    Task<Tenants.ManagerEligibility?> FindEligibilityAsync(CancellationToken cancellationToken);

    /// <summary>Refused as <see cref="Refusal.InvalidCredentials"/> when the account changed, or all sessions of the tenant were ended, since the password was verified.</summary>
    [Alias("Enter")]
    Task<Outcome<SignInResult>> CompletePasswordAsync(OpenSessionRequest opening, CancellationToken cancellationToken);

    /// <inheritdoc cref="ISignInGrain.VerifySecondFactorAsync"/>
    [Alias("Prove")]
    Task<Outcome<SignInResult>> VerifySecondFactorAsync(SecondFactorProof proof, CancellationToken cancellationToken);

    /// <inheritdoc cref="ISignInGrain.SendCodeAsync"/>
    [Alias("SendSignInCode")]
    Task<Outcome> SendSignInCodeAsync(ChallengeReference reference, CancellationToken cancellationToken);

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

/// <summary>Key: <c>unm_&lt;tenant&gt;/&lt;name index&gt;</c>. Makes a name unique in its tenant and finds its user.</summary>
[Alias("platform.IUserNameGrain")]
public interface IUserNameGrain : IGrainWithStringKey
{
    [Alias("Find"), AlwaysInterleave]
    Task<UserId?> FindAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="Tenants.ITenantNameGrain.ClaimAsync"/>
    [Alias("Claim")]
    Task<bool> ClaimAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>Gives the name back if it is <paramref name="user"/>'s.</summary>
    [Alias("Release")]
    Task ReleaseAsync(UserId user, CancellationToken cancellationToken);
}
