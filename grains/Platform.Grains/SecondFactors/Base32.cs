namespace Platform.SecondFactors;

/// <summary>RFC 4648 section 6, upper case, without padding: as authenticators read secrets and people read codes aloud.</summary>
internal static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int BitsPerCharacter = 5;

    /// <param name="bytes">A multiple of five bytes, so that no character carries unused bits.</param>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length % 5, 0);
        var text = new char[bytes.Length * 8 / BitsPerCharacter];
        var (buffer, bits, at) = (0, 0, 0);
        foreach (var value in bytes)
        {
            buffer = (buffer << 8) | value;
            for (bits += 8; bits >= BitsPerCharacter; bits -= BitsPerCharacter) text[at++] = Alphabet[(buffer >> (bits - BitsPerCharacter)) & 31];
            buffer &= (1 << bits) - 1;
        }

        return new string(text);
    }

    public static bool IsCharacter(char c) => Alphabet.Contains(c, StringComparison.Ordinal);
}
