using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Platform.Sessions;

namespace Platform.Api.Sessions;

/// <summary>
/// A session as its holder sees it, as text: byte for byte what the serializer makes of <see cref="SessionBody"/> (a test compares them), without reflection, writer or
/// allocation. Every peek and touch returns it, and it was a quarter of what such a request cost.
/// </summary>
internal static class SessionText
{
    /// <summary>In bytes. Bounded by the length of a user name, each character of which may take six when it is escaped.</summary>
    public const int MaxLength = 4096;

    /// <summary>As the framework's options for JSON in HTTP answers.</summary>
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>The lists of permissions that there are, by their bits.</summary>
    private static readonly byte[]?[] PermissionLists = new byte[]?[32];

    /// <param name="text">Of <see cref="MaxLength"/>.</param>
    /// <param name="view">The session.</param>
    /// <param name="now">For pages, which get the number of seconds that are left; null: the text leaves it out.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(Span<byte> text, SessionView view, DateTimeOffset? now = null)
    {
        var json = new Text(text);
        json.Add("{\"id\":\"ses_"u8);
        json.Add(view.Id.Value);
        json.Add("\",\"tenantId\":\"ten_"u8);
        json.Add(view.TenantId.Value);
        json.Add("\",\"userId\":\"usr_"u8);
        json.Add(view.UserId.Value);
        json.Add("\",\"username\":\""u8);
        json.Add(view.Subject.Username);
        json.Add("\",\"permissions\":"u8);
        json.Add(ListOf(view.Scope == SessionScope.Full ? view.Subject.Permissions : default));
        json.Add(",\"createdAt\":\""u8);
        json.Add(view.CreatedAt);
        json.Add("\",\"lastActivityAt\":\""u8);
        json.Add(view.LastActivityAt);
        json.Add("\",\"idleExpiresAt\":\""u8);
        json.Add(view.IdleExpiresAt);
        json.Add("\",\"absoluteExpiresAt\":\""u8);
        json.Add(view.AbsoluteExpiresAt);
        json.Add("\",\"authenticationMethods\":["u8);
        for (var i = 0; i < view.AuthenticationMethods.Length; i++)
        {
            json.Add(i == 0 ? "\""u8 : ",\""u8);
            json.Add(view.AuthenticationMethods[i]);
            json.Add("\""u8);
        }

        json.Add("]"u8);
        if (now is { } asked)
        {
            json.Add(",\"idleExpiresIn\":"u8);
            json.Add((int)(view.IdleExpiresAt - asked).TotalSeconds);
            json.Add(",\"absoluteExpiresIn\":"u8);
            json.Add((int)(view.AbsoluteExpiresAt - asked).TotalSeconds);
        }

        json.Add("}"u8);
        return json.Length;
    }

    private static byte[] ListOf(Permissions permissions) =>
        PermissionLists[(int)permissions & 31] ??= JsonSerializer.SerializeToUtf8Bytes(PermissionNames.ToNames(permissions));

    private ref struct Text(Span<byte> all)
    {
        private readonly Span<byte> _all = all;

        public int Length { get; private set; }

        private readonly Span<byte> Rest => _all[Length..];

        public void Add(ReadOnlySpan<byte> part)
        {
            part.CopyTo(Rest);
            Length += part.Length;
        }

        public void Add(Guid id)
        {
            _ = id.TryFormat(Rest, out var written, "N");
            Length += written;
        }

        public void Add(int number)
        {
            _ = number.TryFormat(Rest, out var written, provider: CultureInfo.InvariantCulture);
            Length += written;
        }

        /// <summary>The round-trip format, which the class library writes quickly, without the zeros at the end of its fraction.</summary>
        public void Add(DateTimeOffset time)
        {
            var rest = Rest;
            _ = time.UtcDateTime.TryFormat(rest, out var written, "O", CultureInfo.InvariantCulture);
            written--;
            while (rest[written - 1] == (byte)'0') written--;
            if (rest[written - 1] == (byte)'.') written--;
            rest[written] = (byte)'Z';
            Length += written + 1;
        }

        /// <summary>Where there is nothing to escape, the encoder returns the same text.</summary>
        public void Add(string text) => Length += Encoding.UTF8.GetBytes(Encoder.Encode(text), Rest);
    }
}
