using System.Security.Cryptography;
using Platform.Clocks;

namespace Platform.SecondFactors;

/// <summary>What codes and challenges turn a user's factors into. Pure: nothing counts before the result is written.</summary>
internal static class SecondFactorRules
{
    public static readonly TimeSpan ChallengeLifetime = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan SentCodeLifetime = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan EnrolmentLifetime = TimeSpan.FromMinutes(15);

    /// <summary>How long an authentication is good for changing factors.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMinutes(15);

    public const int WrongCodesPerChallenge = 5;

    /// <summary>Whether a challenge, or a factor that is being set up, bears so many wrong codes.</summary>
    public static bool IsOpenAfter(int failures) => failures < WrongCodesPerChallenge;

    /// <summary>In the access log and in messages.</summary>
    public static string NameOf(SecondFactorMethod method) => method == SecondFactorMethod.Sms ? "sms" : "totp";

    /// <summary>Sign-ins of one user that wait at a time; one more ends the oldest.</summary>
    private const int MaxChallenges = 10;

    /// <summary>Without times that a clock ahead of now has stored: what was waiting is void, and what slows guesses down begins now. The same value when there are none.</summary>
    public static StoredSecondFactors AsOf(this StoredSecondFactors factors, DateTimeOffset now)
    {
        var attempts = factors.Attempts.AsOf(now);
        var sent = StoredTime.Past(factors.MessagesAt, now);
        var challenges = factors.Challenges.RemoveAll(c => StoredTime.IsAhead(c.ExpiresAt - ChallengeLifetime, now));
        return ReferenceEquals(attempts, factors.Attempts) && sent == factors.MessagesAt && challenges.Length == factors.Challenges.Length
            ? factors
            : factors with { Attempts = attempts, MessagesAt = sent, Challenges = challenges };
    }

    public static StoredSecondFactors WithChallenge(this StoredSecondFactors factors, StoredChallenge challenge, DateTimeOffset now)
    {
        var waiting = factors.Challenges.RemoveAll(c => c.ExpiresAt <= now);
        if (waiting.Length >= MaxChallenges) waiting = waiting.RemoveRange(0, waiting.Length - MaxChallenges + 1);
        return factors with { Challenges = waiting.Add(challenge) };
    }

    /// <summary>Null: unknown, used, run out, presented from elsewhere, or for another step.</summary>
    public static StoredChallenge? FindChallenge(
        this StoredSecondFactors factors, ReadOnlySpan<byte> secretHash, string network, DateTimeOffset now, SignInStep step = SignInStep.SecondFactor)
    {
        StoredChallenge? found = null;
        foreach (var challenge in factors.Challenges)
        {
            if (CryptographicOperations.FixedTimeEquals(challenge.SecretHash.AsSpan(), secretHash)) found = challenge;
        }

        return found is not null && StoredTime.IsOpen(found.ExpiresAt, ChallengeLifetime, now) && found.Network == network && found.Step == step ? found : null;
    }

    /// <summary>The factors with the code used up and its rounds of failures forgiven; null when it is not right.</summary>
    public static StoredSecondFactors? Use(
        this StoredSecondFactors factors, FactorSecrets secrets, UserId user, SecondFactorMethod method, string code, SentCode? sent, DateTimeOffset now)
    {
        var used = method switch
        {
            SecondFactorMethod.Totp when factors.Totp is { } totp && Totp.FindStep(secrets.OpenTotp(user, totp.Secret), code, now, totp.LastStep) is { } step =>
                factors with { Totp = totp with { LastStep = step } },
            SecondFactorMethod.Sms when factors.Phone is not null && sent is not null && secrets.IsCode(user, sent, code, now) => factors,
            SecondFactorMethod.RecoveryCode when RecoveryCodes.Use(factors.RecoveryCodes, code) is { } left => factors with { RecoveryCodes = left },
            _ => null,
        };
        return used is null ? null : used with { Attempts = used.Attempts.Succeeded() };
    }

    public static StoredSecondFactors Without(this StoredSecondFactors factors, StoredChallenge challenge) =>
        factors with { Challenges = factors.Challenges.RemoveAll(c => c.SecretHash.AsSpan().SequenceEqual(challenge.SecretHash.AsSpan())) };

    /// <summary>One more wrong code; the last one that a challenge bears ends it.</summary>
    public static StoredSecondFactors WithWrongCode(this StoredSecondFactors factors, StoredChallenge? challenge, DateTimeOffset now)
    {
        if (challenge is not null)
        {
            var counted = challenge with { Failures = challenge.Failures + 1 };
            factors = counted.Failures >= WrongCodesPerChallenge
                ? factors.Without(challenge)
                : factors with { Challenges = factors.Challenges.Replace(challenge, counted) };
        }

        return factors with { Attempts = factors.Attempts.Failed(now) };
    }

    /// <summary>RFC 8176. A recovery code is a one-time password, too; the user is notified that it was one, and the access log says so.</summary>
    public static string MethodReference(SecondFactorMethod method) => method == SecondFactorMethod.Sms ? "sms" : "otp";
}
