using Orleans.Concurrency;

namespace Platform.Sessions;

/// <summary>
/// The one way in (key <c>signin_</c>, stateless, any number of them). Answers alike and after the same work for unknown tenants, unknown names,
/// wrong passwords and disabled users (row LOGIN).
/// </summary>
[Alias("platform.ISignInGrain")]
public interface ISignInGrain : IGrainWithStringKey
{
    /// <summary>Refusals: <see cref="Refusal.InvalidCredentials"/>, <see cref="Refusal.TooManyAttempts"/>, <see cref="Refusal.Busy"/>.</summary>
    [Alias("SignIn"), ResponseTimeout(HashingWait.ResponseTimeout)]
    Task<Outcome<SessionView>> SignInAsync(SignInRequest request, CancellationToken cancellationToken);
}
