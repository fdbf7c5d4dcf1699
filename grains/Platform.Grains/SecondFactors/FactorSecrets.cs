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

    private static string TotpPurpose(UserId user) => $"totp-secret:{user}";

    private static string PhonePurpose(UserId user) => $"phone-number:{user}";

    private static string CodePurpose(UserId user) => $"sent-code:{user}";
}
