using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Api.Authentication;

/// <summary>
/// Client id and secret in an <c>Authorization: Basic</c> header: both form-urlencoded, joined by a colon, in Base64 (RFC 6749, 2.3.1). Clients differ in what they
/// encode, and some encode nothing; what they mean is the same, since neither an id nor a key holds a character that needs it.
/// </summary>
internal static class BasicCredentials
{
    /// <summary>Longer than an id and a key of which each character is encoded.</summary>
    public const int MaxLength = 768;

    /// <summary>The class library skips them.</summary>
    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\r\n");

    /// <summary>Allocates nothing.</summary>
    /// <param name="encoded">What follows the scheme.</param>
    /// <param name="room">For both, of <see cref="MaxLength"/>. Clear it: it holds the secret.</param>
    /// <param name="clientId">In <paramref name="room"/>.</param>
    /// <param name="secret">In <paramref name="room"/>.</param>
    public static bool TryRead(ReadOnlySpan<char> encoded, Span<char> room, out ReadOnlySpan<char> clientId, out ReadOnlySpan<char> secret)
    {
        clientId = secret = default;
        Span<byte> bytes = stackalloc byte[MaxLength];
        try
        {
            if (encoded.ContainsAny(Blanks) || !Convert.TryFromBase64Chars(encoded, bytes, out var length)) return false;
            var pair = bytes[..length];
            var colon = pair.IndexOf((byte)':');
            if (colon < 0 || !TryDecode(pair[..colon], room, out var id)) return false;
            if (!TryDecode(pair[(colon + 1)..], room[id..], out var rest)) return false;
            clientId = room[..id];
            secret = room.Slice(id, rest);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Decodes in place, then into characters.</summary>
    private static bool TryDecode(Span<byte> bytes, Span<char> text, out int length)
    {
        length = 0;
        var written = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var octet = bytes[i];
            if (octet == '+')
            {
                octet = (byte)' ';
            }
            else if (octet == '%')
            {
                if (i + 2 >= bytes.Length || Convert.FromHexString(bytes.Slice(i + 1, 2), bytes.Slice(written, 1), out _, out _) != OperationStatus.Done) return false;
                octet = bytes[written];
                i += 2;
            }

            bytes[written++] = octet;
        }

        return Ascii.ToUtf16(bytes[..written], text, out length) == OperationStatus.Done;
    }
}
