using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OtpNet;
using Platform.Clocks;

namespace Platform.SecondFactors;

/// <summary>Time-based one-time passwords, RFC 6238 over RFC 4226. Pure: the user's grain keeps the secret and the last step that was used.</summary>
/// <remarks>
/// One step either way is accepted: a person needs a few seconds to type and phones' clocks are off by some; with none, right codes at the end of a step
/// would fail (RFC 6238 section 5.2). A code lives 90 seconds at most, and never a second time (ASVS 6.5.1, 6.5.5; decision 0020).
/// </remarks>
internal static class Totp
{
    /// <summary>160 bits, as RFC 4226 section 4 recommends.</summary>
    public const int SecretSize = 20;

    public const int Digits = 6;
    public const int StepSeconds = 30;

    private const int Drift = 1;

    /// <summary>A character takes twelve letters at most, and there are three such parts: 1,800 of the 2,331 bytes that a QR code with error correction M holds.</summary>
    private const int MaxLabelPart = 50;

    /// <summary>Number of the step that holds the time, by the server's clock.</summary>
    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>
    /// The step whose code it is, among those next to now that come after the last one used; null when the code is wrong, used or out of time.
    /// Of two steps with the same code the later one counts, so that what was accepted once is over.
    /// </summary>
    public static long? FindStep(byte[] secret, string code, DateTimeOffset now, long lastStep)
    {
        code = TypedCode.Compact(code);
        if (!OneTimeCode.IsWellFormed(code)) return null;
        long? found = null;
        var current = StepAt(now);

        // A last step far ahead was used under a clock that has been corrected since; it would refuse every code until then.
        if (lastStep - current > Drift + (StoredTime.Allowance.Ticks / TimeSpan.TicksPerSecond / StepSeconds)) lastStep = 0;
        for (var step = current - Drift; step <= current + Drift; step++)
        {
            // Computes and compares all of them, whatever the earlier results, so that the time reveals nothing.
            var matches = OneTimeCode.Matches(code, Hotp(secret, step));
            if (matches && step > lastStep) found = step;
        }

        return found;
    }

    /// <summary>RFC 4226 section 5.3.</summary>
    public static string Hotp(byte[] secret, long counter, int digits = Digits, OtpHashMode algorithm = OtpHashMode.Sha1) =>
        new Hotp(secret, algorithm, digits).ComputeHOTP(counter);

    /// <summary>What authenticators read from a QR code. They know no other algorithm than SHA-1 reliably; HMAC does not rest on collisions.</summary>
    public static string Uri(string issuer, string account, string secret) =>
        new OtpUri(OtpType.Totp, secret, LabelPart(account), LabelPart(issuer), OtpHashMode.Sha1, Digits, StepSeconds).ToString();

    /// <summary>One colon separates issuer and account, so neither has one. A name of nothing else becomes a dash: of blanks alone the library makes no issuer. Both are cut to what a QR code holds in any script.</summary>
    private static string LabelPart(string text)
    {
        var part = string.Concat(text.Replace(':', ' ').EnumerateRunes().Take(MaxLabelPart));
        return string.IsNullOrWhiteSpace(part) ? "-" : part;
    }
}

/// <summary>Six ASCII digits, whoever made them.</summary>
internal static class OneTimeCode
{
    public static string Random() => RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>No other digits, signs or spaces (threat T18), see <see cref="TypedCode"/>.</summary>
    public static bool IsWellFormed(string code) => code.Length == Totp.Digits && code.All(char.IsAsciiDigit);

    public static bool Matches(string code, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(code), Encoding.ASCII.GetBytes(expected));
}
