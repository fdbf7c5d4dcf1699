using System.Globalization;

namespace Platform.Text;

/// <summary>Names that people give to things: shown to others, so nothing in them may be invisible.</summary>
internal static class Names
{
    public const int MaxLength = 200;

    public static bool IsVisible(string name, int maxLength = MaxLength) => name.Length > 0 && name.Length <= maxLength && !name.Any(IsInvisible) && !string.IsNullOrWhiteSpace(name);

    private static bool IsInvisible(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
