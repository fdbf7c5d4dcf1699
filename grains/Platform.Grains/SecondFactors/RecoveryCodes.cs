using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using OtpNet;

namespace Platform.SecondFactors;

/// <summary>
/// Ten codes of 120 random bits, each good once. At that length a plain hash is enough (ASVS 6.5.2 asks for a slow one below 112 bits): nobody can try them all.
/// </summary>
internal static class RecoveryCodes
{
    public const int Count = 10;

    /// <summary>A multiple of five, so that no character carries unused bits and nothing is padded.</summary>
    private const int Bytes = 15;
    private const int Characters = 24;
    private const int GroupSize = 6;

    /// <summary>Four groups of six, to be read from paper.</summary>
    public static ImmutableArray<string> Create() => [.. Enumerable.Range(0, Count).Select(_ => CreateOne())];

    public static ImmutableArray<string> Hash(ImmutableArray<string> codes) => [.. codes.Select(code => Hash(Normalise(code)!))];

    /// <summary>The hashes without that of the code; null when it is not among them.</summary>
    public static ImmutableArray<string>? Use(ImmutableArray<string> hashes, string code)
    {
        if (Normalise(code) is not { } normal) return null;
        var hash = Encoding.ASCII.GetBytes(Hash(normal));
        var found = -1;
        for (var i = 0; i < hashes.Length; i++)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(hashes[i]))) found = i;
        }

        return found < 0 ? null : hashes.RemoveAt(found);
    }

    /// <summary>Case, hyphens and blanks are for people. Null for what cannot be a code.</summary>
    private static string? Normalise(string code)
    {
        var normal = TypedCode.Compact(code).ToUpperInvariant();
        return normal.Length == Characters && normal.All(c => c is (>= 'A' and <= 'Z') or (>= '2' and <= '7')) ? normal : null;
    }

    private static string CreateOne()
    {
        var text = Base32Encoding.ToString(RandomNumberGenerator.GetBytes(Bytes));
        return string.Join('-', text.Chunk(GroupSize).Select(group => new string(group)));
    }

    private static string Hash(string normalised) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(normalised)));
}
