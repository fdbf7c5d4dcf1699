using Platform.Security;

namespace Platform.SignIn;

/// <summary>What became of a look at a password.</summary>
/// <param name="Refusal">None: it was right and may be acted on.</param>
/// <param name="RetryAfter">How long to wait, for <see cref="Refusal.TooManyAttempts"/>.</param>
/// <param name="Outdated">Right, but hashed with parameters below today's.</param>
/// <param name="FirstOfBlock">The first that was refused unseen since this network was blocked: worth telling once.</param>
/// <param name="IsKnown">The account has let this network in lately, or the caller has a session of it.</param>
internal readonly record struct PasswordAttempt(Refusal Refusal, TimeSpan? RetryAfter, bool Outdated, bool FirstOfBlock = false, bool IsKnown = false)
{
    public Outcome ToOutcome() => new() { Refusal = Refusal, RetryAfter = RetryAfter };
}

/// <summary>
/// The one way in which a password is looked at: admitted by the account's guard and, where that does not know the caller, by those of his network and of the tenant; hashed once, counted (ASVS 6.3.1: every path
/// is throttled alike).
/// </summary>
internal sealed class PasswordVerifier(IGrainFactory grains, StrangerGuard strangers, PasswordHashingQueue hashing)
{
    /// <param name="account">Guard's key, see <see cref="SignInAccounts"/>.</param>
    /// <param name="ip">The client's address.</param>
    /// <param name="hash">Null: there is no such account; the work is the same.</param>
    /// <param name="password">As typed.</param>
    /// <param name="mayPass">False: a right password is refused like a wrong one.</param>
    /// <param name="isKnown">The caller has a live session of the account; otherwise the guard says whether its network is known.</param>
    public async Task<PasswordAttempt> VerifyAsync(
        string account, string? ip, string? hash, string password, bool mayPass, bool isKnown, CancellationToken cancellationToken)
    {
        var guard = grains.SignInThrottle(account);
        var network = Networks.Of(ip);
        var admission = await guard.AdmitAsync(network, cancellationToken);
        var known = isKnown || admission.IsKnown;
        if (admission.Wait is { } wait) return new PasswordAttempt(Refusal.TooManyAttempts, wait, Outdated: false, admission.FirstOfBlock, known);

        bool? right = null;
        try
        {
            var tenant = SignInAccounts.TenantOf(account);
            var caller = new HashingCaller(known, tenant.ToString(), Networks.WideOf(ip));
            var attempt = known
                ? await CheckAsync(caller, hash, password, mayPass, cancellationToken)
                : await CheckStrangerAsync(tenant, caller, hash, password, mayPass, cancellationToken);
            if (known && !isKnown && attempt.Refusal == Refusal.InvalidCredentials) await strangers.SkipAsync(tenant, caller.Network, cancellationToken);
            right = attempt.Refusal switch { Refusal.None => true, Refusal.InvalidCredentials => false, _ => null };
            return attempt;
        }
        finally
        {
            await guard.ConcludeAsync(network, right, CancellationToken.None);
        }
    }

    private async Task<PasswordAttempt> CheckStrangerAsync(
        TenantId tenant, HashingCaller caller, string? hash, string password, bool mayPass, CancellationToken cancellationToken)
    {
        var admission = await strangers.AdmitAsync(tenant, caller.Network, cancellationToken);
        if (admission.Wait is { } wait) return new PasswordAttempt(Refusal.TooManyAttempts, wait, Outdated: false, admission.FirstOfBlock);
        bool? right = null;
        try
        {
            var attempt = await CheckAsync(caller, hash, password, mayPass, cancellationToken);
            right = attempt.Refusal switch { Refusal.None => true, Refusal.InvalidCredentials => false, _ => null };
            return attempt;
        }
        finally
        {
            await strangers.ConcludeAsync(tenant, caller.Network, right);
        }
    }

    private async Task<PasswordAttempt> CheckAsync(HashingCaller caller, string? hash, string password, bool mayPass, CancellationToken cancellationToken) =>
        await hashing.VerifyAsync(caller, hash, password, cancellationToken) switch
        {
            PasswordCheck.Busy => new PasswordAttempt(Refusal.Busy, RetryAfter: null, Outdated: false, IsKnown: caller.IsKnown),
            PasswordCheck.Wrong => new PasswordAttempt(Refusal.InvalidCredentials, RetryAfter: null, Outdated: false, IsKnown: caller.IsKnown),
            _ when !mayPass => new PasswordAttempt(Refusal.InvalidCredentials, RetryAfter: null, Outdated: false, IsKnown: caller.IsKnown),
            var check => new PasswordAttempt(Refusal.None, RetryAfter: null, check == PasswordCheck.RightButOutdated, IsKnown: caller.IsKnown),
        };
}
