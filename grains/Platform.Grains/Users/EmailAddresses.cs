using System.Globalization;
using System.Net.Mail;
using System.Text;
using Platform.Storage;
using Platform.Text;

namespace Platform.Users;

internal static class EmailAddresses
{
    private const int MaxLength = 254;

    /// <summary>Octets before the at sign (RFC 5321, 4.5.3.1.1).</summary>
    private const int MaxLocalPart = 64;

    private static readonly IdnMapping Domains = new() { UseStd3AsciiRules = true };

    /// <summary>RFC 5321 lengths, one address, a domain that DNS can hold, no display name. Whether it can be reached is only known once a message arrives.</summary>
    public static bool IsValid(string? email) =>
        email is { Length: >= 3 }
        && Names.IsVisible(email, MaxLength)
        && !email.Any(char.IsWhiteSpace)
        && MailAddress.TryCreate(email, out var parsed)
        && parsed.Address == email
        && Encoding.UTF8.GetByteCount(parsed.User) <= MaxLocalPart
        && IsEncodable(parsed.Host);

    private static bool IsEncodable(string domain)
    {
        // The literal form, [192.0.2.1], names no domain.
        if (domain.StartsWith('[')) return false;
        try
        {
            Domains.GetAscii(domain);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Equal for addresses that differ in case only: no provider tells them apart, though RFC 5321 lets it.</summary>
    public static string Comparable(string email) => Columns.Fold(email);

    /// <summary>First letter and domain: enough for its owner to know it again.</summary>
    public static string Mask(string email)
    {
        var at = email.LastIndexOf('@');
        return at > 1 ? $"{StringInfo.GetNextTextElement(email)}…{email[at..]}" : $"…{email[at..]}";
    }

    public static InputError Invalid(string pointer) => new(pointer, "invalid_email", "Give one e-mail address such as name@example.com, up to 254 characters.");
}
