namespace Platform.SignIn;

/// <summary>What became of a look at a password.</summary>
/// <param name="Refusal">None: it was right and may be acted on.</param>
/// <param name="RetryAfter">How long to wait, for <see cref="Refusal.TooManyAttempts"/>.</param>
/// <param name="Outdated">Right, but hashed with parameters below today's.</param>
/// <param name="FirstOfBlock">The first that was refused unseen since this network was blocked: worth telling once.</param>
public readonly record struct PasswordAttempt(Refusal Refusal, TimeSpan? RetryAfter, bool Outdated, bool FirstOfBlock = false)
{
    public Outcome ToOutcome() => new() { Refusal = Refusal, RetryAfter = RetryAfter };
}
