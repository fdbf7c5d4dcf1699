using System.Collections.Immutable;
using System.Text;
using Platform.Clocks;
using Platform.Security;

namespace Platform.SecondFactors;

/// <summary>Seals what must be read again, each for its use and its user: in another user's row it does not open (threat T77).</summary>
internal sealed class FactorSecrets(MasterKey master)
{
    public ImmutableArray<byte> SealTotp(UserId user, ReadOnlySpan<byte> secret) => master.Wrap(secret, TotpPurpose(user));

    public byte[] OpenTotp(UserId user, ImmutableArray<byte> secret) => master.Unwrap(secret.AsSpan(), TotpPurpose(user));

    public ImmutableArray<byte> SealPhone(UserId user, string number) => master.Wrap(Encoding.ASCII.GetBytes(number), PhonePurpose(user));

    public string OpenPhone(UserId user, ImmutableArray<byte> number) => Encoding.ASCII.GetString(master.Unwrap(number.AsSpan(), PhonePurpose(user)));

    public ImmutableArray<byte> SealCode(UserId user, string code) => master.Wrap(Encoding.ASCII.GetBytes(code), CodePurpose(user));

    public bool IsCode(UserId user, SentCode sent, string code, DateTimeOffset now) =>
        StoredTime.IsOpen(sent.ExpiresAt, SecondFactorRules.SentCodeLifetime, now)
        && TypedCode.Compact(code) is var compact
        && OneTimeCode.IsWellFormed(compact)
        && OneTimeCode.Matches(compact, Encoding.ASCII.GetString(master.Unwrap(sent.Code.AsSpan(), CodePurpose(user))));

    /// <summary>By the current master key. The same object where nothing changes.</summary>
    /// <remarks>Phone numbers and codes that wait are wrapped again as well: they outlive the key by minutes, if they do.</remarks>
    public StoredSecondFactors Rewrap(UserId user, StoredSecondFactors factors)
    {
        if (SecretsOf(factors).All(secret => master.IsByCurrent(secret.AsSpan()))) return factors;
        return factors with
        {
            Totp = factors.Totp is { } totp ? totp with { Secret = master.Rewrap(totp.Secret.AsSpan(), TotpPurpose(user)) } : null,
            PendingTotp = factors.PendingTotp is { } pending ? pending with { Secret = master.Rewrap(pending.Secret.AsSpan(), TotpPurpose(user)) } : null,
            Phone = factors.Phone is { } phone ? master.Rewrap(phone.AsSpan(), PhonePurpose(user)) : null,
            PendingPhone = factors.PendingPhone is { } waiting
                ? waiting with { Number = master.Rewrap(waiting.Number.AsSpan(), PhonePurpose(user)), Code = Rewrap(user, waiting.Code) }
                : null,
            Challenges = [.. factors.Challenges.Select(challenge => challenge.Sms is { } sms ? challenge with { Sms = Rewrap(user, sms) } : challenge)],
        };
    }

    private SentCode Rewrap(UserId user, SentCode sent) => sent with { Code = master.Rewrap(sent.Code.AsSpan(), CodePurpose(user)) };

    private static IEnumerable<ImmutableArray<byte>> SecretsOf(StoredSecondFactors factors)
    {
        if (factors.Totp is { } totp) yield return totp.Secret;
        if (factors.PendingTotp is { } pending) yield return pending.Secret;
        if (factors.Phone is { } phone) yield return phone;
        if (factors.PendingPhone is { } waiting)
        {
            yield return waiting.Number;
            yield return waiting.Code.Code;
        }

        foreach (var challenge in factors.Challenges)
        {
            if (challenge.Sms is { } sms) yield return sms.Code;
        }
    }

    private static string TotpPurpose(UserId user) => $"totp-secret:{user}";

    private static string PhonePurpose(UserId user) => $"phone-number:{user}";

    private static string CodePurpose(UserId user) => $"sent-code:{user}";
}
