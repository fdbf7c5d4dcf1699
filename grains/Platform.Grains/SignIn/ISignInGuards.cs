using Platform.Expiry;

namespace Platform.SignIn;

/// <summary>The table of guards. Rows leave by themselves when nothing in them matters any more.</summary>
public interface ISignInGuards : IExpiringTable
{
    Task<SignInGuardState?> FindAsync(string key, CancellationToken cancellationToken);

    Task SaveAsync(string key, SignInGuardState state, CancellationToken cancellationToken);

    Task RemoveAsync(string key, CancellationToken cancellationToken);
}
