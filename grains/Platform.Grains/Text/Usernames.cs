using System.Globalization;
using System.Text;

namespace Platform.Text;

/// <summary>
/// Rules for user names (row LOGIN, threat T12): 1 to 64 characters after NFKC, no control, formatting, bidirectional, zero-width, private or
/// unassigned characters, no spaces, letters of one script only (Latin may stand beside Chinese, Japanese and Korean). Compared after simple case folding.
/// </summary>
internal static class Usernames
{
    private const int MaxLength = 64;

    /// <summary>The form that is compared and keyed; false when the name breaks a rule. Idempotent.</summary>
    public static bool TryNormalise(string? name, out string normalised)
    {
        normalised = "";
        if (string.IsNullOrEmpty(name) || name.Length > MaxLength * 4) return false;
        var folded = Fold(name);
        if (folded.Length is 0 or > MaxLength || !folded.EnumerateRunes().All(IsAllowed) || !IsOneScript(folded)) return false;
        normalised = folded;
        return true;
    }

    /// <summary>Repeated until nothing changes: case folding can open the way for another composition. Empty for what has no normal form.</summary>
    private static string Fold(string name)
    {
        var folded = name;
        for (var round = 0; round < 4; round++)
        {
            if (!UnicodeText.TryNormalise(folded, NormalizationForm.FormKC, out var composed)) return "";
            if (!UnicodeText.TryNormalise(UnicodeText.FoldCase(composed), NormalizationForm.FormKC, out var next)) return "";
            if (next == folded) return next;
            folded = next;
        }

        return "";
    }

    private static bool IsAllowed(Rune rune) => !UnicodeText.IsInvisible(rune) && (Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.UppercaseLetter
        or UnicodeCategory.TitlecaseLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation
        || (rune.IsAscii && rune.Value is > 0x20 and < 0x7F));

    private static bool IsOneScript(string name)
    {
        var scripts = name.EnumerateRunes().Where(Rune.IsLetter).Select(ScriptOf).Distinct().ToArray();
        return scripts.Length <= 1 || scripts.All(s => s is Script.Latin or Script.EastAsian);
    }

    private enum Script
    {
        Latin,
        Greek,
        Cyrillic,
        EastAsian,

        /// <summary>All other scripts, distinguished by block of 128 code points: see <see cref="ScriptOf"/>.</summary>
        FirstOther,
    }

    /// <summary>Coarse: by block. Enough to keep look-alikes of different scripts apart, which is all it is for.</summary>
    private static Script ScriptOf(Rune rune) => rune.Value switch
    {
        < 0x0250 or (>= 0x1E00 and < 0x1F00) or (>= 0x2C60 and < 0x2C80) or (>= 0xA720 and < 0xA800) => Script.Latin,
        (>= 0x0370 and < 0x0400) or (>= 0x1F00 and < 0x2000) => Script.Greek,
        (>= 0x0400 and < 0x0530) or (>= 0x1C80 and < 0x1C90) or (>= 0x2DE0 and < 0x2E00) or (>= 0xA640 and < 0xA6A0) => Script.Cyrillic,
        (>= 0x1100 and < 0x1200) or (>= 0x3005 and < 0x3400) or (>= 0x3400 and < 0xA000) or (>= 0xAC00 and < 0xD7B0) or (>= 0x20000 and < 0x32000) => Script.EastAsian,
        var other => Script.FirstOther + (other >> 7),
    };
}
