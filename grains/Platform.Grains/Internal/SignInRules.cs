using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Internal;

/// <summary>What sign-in needs of a tenant.</summary>
/// <param name="Status">Nobody signs in to a suspended one.</param>
/// <param name="SessionPolicy">For the session that opens.</param>
/// <param name="TwoFactor">The feature is on.</param>
/// <param name="RequireSecondFactor">Nobody signs in with a password alone.</param>
/// <param name="Epoch">Read before the password is checked, so that a session opens dead when all sessions were ended meanwhile.</param>
/// <param name="PasswordCutoff">The platform was restored from a backup then. A password set before may have been replaced since the backup: alone it opens no session, but lets its owner choose a new one.</param>
[GenerateSerializer, Immutable, Alias("platform.SignInRules")]
internal sealed record SignInRules(
    [property: Id(0)] TenantStatus Status,
    [property: Id(1)] SessionPolicy SessionPolicy,
    [property: Id(2)] bool TwoFactor,
    [property: Id(3)] bool RequireSecondFactor,
    [property: Id(20)] int Epoch,
    [property: Id(21)] DateTimeOffset? PasswordCutoff = null);
