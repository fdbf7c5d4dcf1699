namespace Platform.SignIn;

/// <summary>
/// The one way in (key <c>signin_</c>, stateless, any number of them). Answers alike and after the same work for unknown tenants, unknown names,
/// wrong passwords and disabled users (row LOGIN).
/// </summary>
[Alias("platform.ISignInGrain")]
public interface ISignInGrain : IGrainWithStringKey
{
    /// <summary>First step. Refusals: <see cref="Refusal.InvalidCredentials"/>, <see cref="Refusal.TooManyAttempts"/>, <see cref="Refusal.Busy"/>.</summary>
    [Alias("SignIn"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome<SignInResult>> SignInAsync(SignInRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Second step, for who holds a challenge of the first. Refusals: <see cref="Refusal.InvalidCode"/> for whatever is wrong with challenge or code, so that neither
    /// tells about the other; <see cref="Refusal.TooManyAttempts"/>.
    /// </summary>
    [Alias("Prove")]
    Task<Outcome<SignInResult>> VerifySecondFactorAsync(SecondFactorProof proof, CancellationToken cancellationToken);

    /// <summary>Sends a code that is good for this challenge only. Refusals as for the second step.</summary>
    [Alias("SendCode")]
    Task<Outcome> SendCodeAsync(ChallengeReference challenge, CancellationToken cancellationToken);
}
