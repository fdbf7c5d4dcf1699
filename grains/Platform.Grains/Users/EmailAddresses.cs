using System.Net.Mail;
using Platform.Storage;
using Platform.Text;

namespace Platform.Users;

internal static class EmailAddresses
{
    private const int MaxLength = 254;

    /// <summary>RFC 5321 length, one address, no display name. Whether it can be reached is only known once a message arrives.</summary>
    public static bool IsValid(string? email) =>
        email is { Length: >= 3 }
        && Names.IsVisible(email, MaxLength)
        && !email.Any(char.IsWhiteSpace)
        && MailAddress.TryCreate(email, out var parsed)
        && parsed.Address == email;

    /// <summary>Equal for addresses that differ in case only: no provider tells them apart, though RFC 5321 lets it.</summary>
    public static string Comparable(string email) => Columns.Fold(email);

    public static InputError Invalid(string pointer) => new(pointer, "invalid_email", "Give one e-mail address such as name@example.com, up to 254 characters.");
}
