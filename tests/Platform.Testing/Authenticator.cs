using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Platform.Testing;

/// <summary>What an authenticator app does, written apart from the platform's own code: reads the otpauth address, knows the time, shows six digits.</summary>
public sealed class Authenticator
{
    private readonly byte[] _secret;

    public Authenticator(string otpauthUri)
    {
        var uri = new Uri(otpauthUri);
        if (uri.Scheme != "otpauth" || uri.Host != "totp") throw new FormatException("Not an address of a TOTP secret.");
        var query = uri.Query.TrimStart('?').Split('&').Select(part => part.Split('=')).ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]), StringComparer.Ordinal);
        if (query["algorithm"] != "SHA1" || query["digits"] != "6" || query["period"] != "30") throw new FormatException("Not what apps understand.");
        (Issuer, Account) = (query["issuer"], Uri.UnescapeDataString(uri.AbsolutePath.Split(':')[1]));
        _secret = FromBase32(query["secret"]);
    }

    public string Issuer { get; }

    public string Account { get; }

    public ReadOnlySpan<byte> Secret => _secret;

    public int SecretBits => _secret.Length * 8;

    public string CodeAt(DateTimeOffset time)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, time.ToUnixTimeSeconds() / 30);
        var mac = CryptographicOperations.HmacData(HashAlgorithmName.SHA1, _secret, counter);
        var at = mac[19] & 15;
        var number = ((mac[at] & 127) << 24) | (mac[at + 1] << 16) | (mac[at + 2] << 8) | mac[at + 3];
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>Six digits that are right at no time near.</summary>
    public string WrongCodeAt(DateTimeOffset time)
    {
        var near = Enumerable.Range(-3, 7).Select(step => CodeAt(time.AddSeconds(30 * step))).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(0, 1_000_000).Select(n => n.ToString("D6", CultureInfo.InvariantCulture)).First(code => !near.Contains(code));
    }

    private static byte[] FromBase32(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => Convert.ToByte(new string(chunk), 2))];
    }
}
