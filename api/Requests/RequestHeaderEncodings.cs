using System.Text;
using Microsoft.Net.Http.Headers;

namespace Platform.Api.Requests;

/// <summary>
/// Makes text of the bytes of a request's headers. RFC 9110 section 5.5: bytes above ASCII are opaque, and no reason to refuse a request. Kestrel by itself refuses every request
/// with one that is not UTF-8, so that a cookie which another site of the same domain sets would lock a person out.
/// </summary>
internal static class RequestHeaderEncodings
{
    private static readonly Digits ContentLength = new();
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A character for each byte, so that nothing is lost and nothing refused.</summary>
    public static Encoding Select(string header) => header.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase) ? ContentLength : Encoding.Latin1;

    /// <summary>What somebody may have meant by a header that people read: UTF-8 where it is, otherwise Latin-1.</summary>
    /// <param name="value">As <see cref="Select"/> made it.</param>
    public static string Read(string value)
    {
        if (Ascii.IsValid(value)) return value;
        try
        {
            return StrictUtf8.GetString(Encoding.Latin1.GetBytes(value));
        }
        catch (DecoderFallbackException)
        {
            return value;
        }
    }

    /// <summary>
    /// Digits and nothing else (RFC 9110 section 8.6). Kestrel would take <c>+5</c> as 5, while a proxy in front may take it otherwise, and then they disagree about where the
    /// next request begins (threat T89). Kestrel refuses the length when this makes no number of it.
    /// </summary>
    private sealed class Digits : ASCIIEncoding
    {
        public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
        {
            if (bytes.Length <= chars.Length && !bytes.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return base.GetChars(bytes, chars);
            chars[0] = '?';
            return 1;
        }
    }
}
