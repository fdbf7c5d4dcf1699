namespace Platform.SignIn;

/// <summary>
/// The one way to sign in (key <c>signin_</c>, stateless, any number of activations). It gives the same answer after the same work for unknown tenants, unknown names,
/// wrong passwords and disabled users (row LOGIN).
/// </summary>
[Alias("platform.ISignInGrain")]
public interface ISignInGrain : IGrainWithStringKey
{
    /// <summary>First step. Refusals: <see cref="Refusal.InvalidCredentials"/>, <see cref="Refusal.TooManyAttempts"/>, <see cref="Refusal.Busy"/>.</summary>
    [Alias("SignIn"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome<SignInResult>> SignInAsync(SignInRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Second step, for the holder of a challenge from the first. Refusals: <see cref="Refusal.InvalidCode"/> whatever is wrong with challenge or code, so that neither
    /// reveals anything about the other; <see cref="Refusal.TooManyAttempts"/>.
    /// </summary>
    [Alias("Prove")]
    Task<Outcome<SignInResult>> VerifySecondFactorAsync(SecondFactorProof proof, CancellationToken cancellationToken);

    /// <summary>
    /// Last step where somebody else has set the password: another one takes its place, and the session opens. Refusals: <see cref="Refusal.InvalidCode"/> whatever is wrong with the challenge;
    /// <see cref="Refusal.PasswordPolicy"/>, <see cref="Refusal.Busy"/>, with which the challenge stays.
    /// </summary>
    [Alias("ChooseNewPassword"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome<SignInResult>> ChooseNewPasswordAsync(NewPasswordChoice choice, CancellationToken cancellationToken);

    /// <summary>Sends a code that is good for this challenge only. Refusals as for the second step.</summary>
    [Alias("SendCode")]
    Task<Outcome> SendCodeAsync(ChallengeReference challenge, CancellationToken cancellationToken);
}
