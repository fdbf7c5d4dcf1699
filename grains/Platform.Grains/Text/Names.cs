using System.Text;

namespace Platform.Text;

/// <summary>Text that people write for others to read.</summary>
internal static class Names
{
    public const int MaxLength = 200;

    /// <summary>A name, reason or reference on one line: nothing in it may be invisible, neither as typed nor after NFKC, in which names are searched.</summary>
    public static bool IsVisible(string name, int maxLength = MaxLength) =>
        name.Length > 0
        && name.Length <= maxLength
        && UnicodeText.TryNormalise(name, NormalizationForm.FormKC, out var normalised)
        && !string.IsNullOrWhiteSpace(normalised)
        && !name.EnumerateRunes().Any(UnicodeText.IsInvisible)
        && !normalised.EnumerateRunes().Any(UnicodeText.IsInvisible);

    /// <summary>Text of several lines: emoji and joined scripts need their invisible parts; control characters other than line ends and tabs are refused.</summary>
    public static bool IsReadable(string text, int maxLength) =>
        text.Length <= maxLength
        && !string.IsNullOrWhiteSpace(text)
        && UnicodeText.TryNormalise(text, NormalizationForm.FormC, out _)
        && !text.EnumerateRunes().Any(rune => UnicodeText.IsNoncharacter(rune) || (Rune.IsControl(rune) && rune.Value is not ('\n' or '\r' or '\t')));
}
