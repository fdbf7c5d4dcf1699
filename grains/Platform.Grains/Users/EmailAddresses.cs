using System.Net.Mail;

namespace Platform.Users;

internal static class EmailAddresses
{
    /// <summary>RFC 5321 length, one address, no display name. Whether it can be reached is only known once a message arrives.</summary>
    public static bool IsValid(string? email) =>
        email is { Length: >= 3 and <= 254 }
        && !email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && MailAddress.TryCreate(email, out var parsed)
        && parsed.Address == email;

    public static InputError Invalid(string pointer) => new(pointer, "invalid_email", "Give one e-mail address such as name@example.com, up to 254 characters.");
}
