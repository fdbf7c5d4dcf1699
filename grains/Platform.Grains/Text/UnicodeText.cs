using System.Globalization;
using System.Text;

namespace Platform.Text;

/// <summary>The properties of Unicode that the rules for names and passwords rest on.</summary>
internal static class UnicodeText
{
    /// <summary>
    /// Default_Ignorable_Code_Point of Unicode 16 (DerivedCoreProperties.txt): what prints as nothing, whatever its category. The runtime does not know this property.
    /// </summary>
    private static readonly (int First, int Last)[] DefaultIgnorable =
    [
        (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
        (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    ];

    /// <summary>The only caller of <see cref="string.Normalize(NormalizationForm)"/>, which throws for halves of surrogate pairs and for U+FFFE.</summary>
    /// <param name="text">From outside.</param>
    /// <param name="form">The form that is wanted.</param>
    /// <param name="normalised">Empty where the answer is false.</param>
    public static bool TryNormalise(string text, NormalizationForm form, out string normalised)
    {
        try
        {
            normalised = text.Normalize(form);
            return true;
        }
        catch (ArgumentException)
        {
            normalised = "";
            return false;
        }
    }

    /// <summary>
    /// Simple case folding (CaseFolding.txt, statuses C and S), with the lower case as what stands for all: lower-casing alone keeps apart what has one upper case, such as
    /// <c>σ</c> and <c>ς</c>. A test holds it to Unicode's table.
    /// </summary>
#pragma warning disable CA1308 // The form is compared, and slugs, which are lower case, are compared with it.
    public static string FoldCase(string text) => text.ToUpperInvariant().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>Code points that Unicode keeps for a program's own use and never for interchange: U+FDD0 to U+FDEF, and the last two of each plane.</summary>
    public static bool IsNoncharacter(Rune rune) => rune.Value is >= 0xFDD0 and <= 0xFDEF || (rune.Value & 0xFFFE) == 0xFFFE;

    public static bool IsDefaultIgnorable(Rune rune)
    {
        foreach (var (first, last) in DefaultIgnorable)
        {
            if (rune.Value <= last) return rune.Value >= first;
        }

        return false;
    }

    /// <summary>Nothing that a reader could see, or what a display obeys instead of showing it.</summary>
    public static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || IsNoncharacter(rune)
        || IsDefaultIgnorable(rune);
}
