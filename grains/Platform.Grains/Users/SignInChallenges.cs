using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Platform.Internal;
using Platform.SecondFactors;
using Platform.Security;
using Platform.SignIn;
using Platform.Tenants;

namespace Platform.Users;

/// <summary>Challenges between the steps of a sign-in. Each is good once, for one step, within five minutes, from the network and page on which it was given.</summary>
internal sealed class SignInChallenges(UserAccess access, MasterKey master, IOptions<PlatformOptions> platform, TimeProvider time)
{
    private readonly string _environment = platform.Value.Environment;

    /// <summary>A challenge for whoever has shown the right password.</summary>
    public static StoredChallenge After(OpenSessionRequest opening, SignInStep step) => new()
    {
        SecretHash = [],
        Network = Networks.Of(opening.Client.Ip),
        Transport = opening.Transport,
        ExpiresAt = default,
        TenantEpoch = opening.TenantEpoch,
        Page = opening.Page,
        Step = step,
    };

    /// <summary>Written with <paramref name="user"/> before its token is handed out.</summary>
    public async Task<(string Token, DateTimeOffset ExpiresAt)> GiveAsync(CommittedUser account, StoredUser user, StoredChallenge challenge, CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetBytes(WaitingProofs.SecretSize);
        var now = time.GetUtcNow();
        var given = challenge with { SecretHash = [.. SHA256.HashData(secret)], ExpiresAt = now + SecondFactorRules.ChallengeLifetime };
        await account.SaveAsync(user with { Factors = UserAccount.FactorsOf(user).WithChallenge(given, now) }, cancellationToken);
        return (ChallengeToken.Seal(master, _environment, account.Id, secret), given.ExpiresAt);
    }

    /// <summary>Status of user and tenant, its IP rules and whether all its sessions were ended, count at every step, not only at the first (threat T8).</summary>
    public async Task<(StoredUser? User, StoredChallenge? Challenge, SignInRules? Rules)> FindAsync(
        CommittedUser account, ChallengeReference reference, SignInStep step, CancellationToken cancellationToken)
    {
        if (account.Present is not { Status: UserStatus.Active, Factors: not null } present) return default;
        var user = await account.CorrectedAsync(present, time.GetUtcNow(), cancellationToken);
        var factors = user.Factors!;
        var rules = await access.FindSignInRulesAsync(user.TenantId, cancellationToken);
        if (rules is not { Status: TenantStatus.Active }) return default;
        if (await access.RefuseFromAsync(account.Id, user, reference.Client.Ip, reference.Page, cancellationToken) != Refusal.None) return default;
        var challenge = factors.FindChallenge(reference.ChallengeHash.AsSpan(), Networks.Of(reference.Client.Ip), time.GetUtcNow(), step);
        return challenge?.TenantEpoch == rules.Epoch && challenge.Page == reference.Page ? (user, challenge, rules) : default;
    }
}
