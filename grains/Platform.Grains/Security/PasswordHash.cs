using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Security;

/// <summary>
/// A stored password: <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c>, in the PHC string format. Exactly one spelling stands for each, and what is taken bounds the memory and
/// time that a row of the database can cost.
/// </summary>
internal sealed class PasswordHash
{
    private const string Prefix = "$argon2id$v=19$m=";
    private const string PassesMark = ",t=";
    private const string LanesMark = ",p=1$";
    private const int SaltSize = 16;
    private const int HashSize = 32;

    /// <summary>Base64 without padding.</summary>
    private const int SaltLength = 22;
    private const int HashLength = 43;

    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private PasswordHash(Argon2Cost cost, byte[] salt, byte[] hash) => (Cost, _salt, _hash) = (cost, salt, hash);

    public Argon2Cost Cost { get; }

    /// <summary>With a salt of its own.</summary>
    public static PasswordHash Of(string password, Argon2Cost cost)
    {
        var made = new PasswordHash(cost, RandomNumberGenerator.GetBytes(SaltSize), new byte[HashSize]);
        Derive(cost, password, made._salt, made._hash);
        return made;
    }

    /// <summary>Of no password: verifying against it costs as much as against any other.</summary>
    public static PasswordHash Decoy(Argon2Cost cost) => new(cost, RandomNumberGenerator.GetBytes(SaltSize), RandomNumberGenerator.GetBytes(HashSize));

    public static bool TryParse(string text, [NotNullWhen(true)] out PasswordHash? parsed)
    {
        parsed = null;
        var rest = text.AsSpan();
        if (!Take(ref rest, Prefix)
            || !TakeNumber(ref rest, Argon2Cost.LeastMemoryKiB, PasswordHashingOptions.MaxMemoryKiB, out var memory)
            || !Take(ref rest, PassesMark)
            || !TakeNumber(ref rest, Argon2Cost.LeastPasses, PasswordHashingOptions.MaxPasses, out var passes)
            || !Take(ref rest, LanesMark)
            || rest.Length != SaltLength + 1 + HashLength
            || rest[SaltLength] != '$')
        {
            return false;
        }

        var (salt, hash) = (new byte[SaltSize], new byte[HashSize]);
        if (!TryDecode(rest[..SaltLength], salt) || !TryDecode(rest[(SaltLength + 1)..], hash)) return false;
        parsed = new PasswordHash(new Argon2Cost(memory, passes), salt, hash);
        return true;
    }

    /// <param name="password">Normalised (<see cref="PasswordPolicy.Normalise"/>).</param>
    public bool Verify(string password)
    {
        Span<byte> derived = stackalloc byte[HashSize];
        try
        {
            Derive(Cost, password, _salt, derived);
            return CryptographicOperations.FixedTimeEquals(derived, _hash);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    public string Format() => string.Create(
        CultureInfo.InvariantCulture, $"{Prefix}{Cost.MemoryKiB}{PassesMark}{Cost.Passes}{LanesMark}{Encode(_salt)}${Encode(_hash)}");

    /// <summary>Prints no hash.</summary>
    public override string ToString() => nameof(PasswordHash);

    private static void Derive(Argon2Cost cost, string password, ReadOnlySpan<byte> salt, Span<byte> hash)
    {
        // Pinned: the collector leaves no copy behind where it moves things. Halves of surrogate pairs, which JSON input refuses, would all be U+FFFD.
        var bytes = GC.AllocateArray<byte>(Encoding.UTF8.GetByteCount(password), pinned: true);
        try
        {
            Encoding.UTF8.GetBytes(password, bytes);
            cost.Derive(bytes, salt, hash);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static bool Take(ref ReadOnlySpan<char> rest, string expected)
    {
        if (!rest.StartsWith(expected, StringComparison.Ordinal)) return false;
        rest = rest[expected.Length..];
        return true;
    }

    /// <summary>Decimal digits without sign and leading zeros.</summary>
    private static bool TakeNumber(ref ReadOnlySpan<char> rest, int least, int most, out int number)
    {
        var end = rest.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? rest : rest[..end];
        rest = rest[digits.Length..];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && digits[0] != '0' && number >= least && number <= most;
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>The runtime's decoder skips blanks and ignores bits at the end; only what would be written is taken.</summary>
    private static bool TryDecode(ReadOnlySpan<char> text, byte[] bytes) =>
        Convert.TryFromBase64Chars($"{text}{new string('=', -text.Length & 3)}", bytes, out var written) && written == bytes.Length && text.SequenceEqual(Encode(bytes));
}
