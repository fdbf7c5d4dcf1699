using Platform.Expiry;

namespace Platform.SignIn;

/// <summary>The table of guards. Rows leave by themselves when nothing in them matters any more.</summary>
public interface ISignInThrottles : IExpiringTable
{
    Task<SignInThrottleState?> FindAsync(string key, CancellationToken cancellationToken);

    /// <param name="key">Of the guard.</param>
    /// <param name="subject">Whose account it is, or an id that nobody has: what is remembered goes under the data key of the one.</param>
    /// <param name="state">What is remembered.</param>
    /// <param name="cancellationToken">Of the call.</param>
    Task SaveAsync(string key, UserId subject, SignInThrottleState state, CancellationToken cancellationToken);

    Task RemoveAsync(string key, CancellationToken cancellationToken);
}
