using System.Collections.Immutable;
using System.Text;
using Platform.Text;

namespace Platform.Security;

/// <summary>
/// Row PWPOLICY: 8 to 256 characters with upper case, lower case, digit and symbol, without the user name, not a common one.
/// Composition rules are kept because they are promised; NIST SP 800-63B-4 and ASVS 6.2.5 advise against them (decision 0008).
/// </summary>
internal static class PasswordPolicy
{
    private const int MinLength = 8;
    private const int MaxLength = 256;

    /// <summary>
    /// The form that is hashed and verified: NFKC (NIST SP 800-63B-4 section 3.1.1.2), so that the same keys on another device give the same password.
    /// Nothing is cut off.
    /// </summary>
    public static string Normalise(string password) =>
        // Without a normal form (U+FFFE): taken as it is.
        UnicodeText.TryNormalise(password, NormalizationForm.FormKC, out var normalised) ? normalised : password;

    /// <summary>Every unmet rule; empty when the password is acceptable.</summary>
    public static ImmutableArray<InputError> Check(string password, string username, string pointer)
    {
        var normal = Normalise(password);
        var runes = normal.EnumerateRunes().ToArray();
        var unmet = ImmutableArray.CreateBuilder<InputError>();

        void Unmet(string code, string detail) => unmet.Add(new InputError(pointer, code, detail));

        if (runes.Length < MinLength) Unmet("too_short", $"Use at least {MinLength} characters.");
        if (runes.Length > MaxLength) Unmet("too_long", $"Use at most {MaxLength} characters.");
        if (!runes.Any(Rune.IsUpper)) Unmet("no_upper", "Add an upper-case letter.");
        if (!runes.Any(Rune.IsLower)) Unmet("no_lower", "Add a lower-case letter.");
        if (!runes.Any(Rune.IsDigit)) Unmet("no_digit", "Add a digit.");
        if (!runes.Any(r => !Rune.IsLetterOrDigit(r) && !Rune.IsControl(r))) Unmet("no_symbol", "Add a symbol such as - or !.");
        if (username.Length >= 3 && normal.Contains(Normalise(username), StringComparison.OrdinalIgnoreCase))
        {
            Unmet("contains_username", "Leave the user name out.");
        }

        if (CommonPasswords.Contains(normal)) Unmet("common_password", "This is among the most common passwords. Choose another.");
        return unmet.ToImmutable();
    }
}
