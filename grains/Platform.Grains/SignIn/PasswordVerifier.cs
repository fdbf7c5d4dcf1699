using Platform.Security;

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

/// <summary>The one way in which a password is looked at: admitted by the account's guard, hashed once, counted (ASVS 6.3.1: every path is throttled alike).</summary>
public sealed class PasswordVerifier(IGrainFactory grains, PasswordHashingQueue hashing)
{
    /// <param name="account">Guard's key, see <see cref="SignInAccounts"/>.</param>
    /// <param name="ip">The client's address.</param>
    /// <param name="hash">Null: there is no such account; the work is the same.</param>
    /// <param name="password">As typed.</param>
    /// <param name="mayPass">False: a right password is refused like a wrong one.</param>
    /// <param name="isKnown">The caller has a live session of the account; otherwise the guard says whether its network is known.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public async Task<PasswordAttempt> VerifyAsync(
        string account, string? ip, string? hash, string password, bool mayPass, bool isKnown, CancellationToken cancellationToken)
    {
        var guard = grains.SignInThrottle(account);
        var network = Networks.Of(ip);
        var admission = await guard.AdmitAsync(network, cancellationToken);
        if (admission.Wait is { } wait) return new PasswordAttempt(Refusal.TooManyAttempts, wait, false, admission.FirstOfBlock);

        var check = PasswordCheck.Busy;
        bool? right = null;
        try
        {
            check = await hashing.VerifyAsync(
                new HashingCaller(isKnown || admission.IsKnown, SignInAccounts.TenantOf(account), Networks.WideOf(ip)), hash, password, cancellationToken);
            if (check != PasswordCheck.Busy) right = check != PasswordCheck.Wrong && mayPass;
        }
        finally
        {
            await guard.ConcludeAsync(network, right, CancellationToken.None);
        }

        return right switch
        {
            null => new PasswordAttempt(Refusal.Busy, null, false),
            false => new PasswordAttempt(Refusal.InvalidCredentials, null, false),
            true => new PasswordAttempt(Refusal.None, null, check == PasswordCheck.RightButOutdated),
        };
    }
}
