using System.Globalization;
using System.Text;
using Platform.Hosting.Settings;

namespace Platform.Api.Binding;

/// <summary>
/// Refuses a member or a parameter that a call does not take, since to ignore it would promise what does not happen (decision 0079). Names the name and the nearest right one,
/// never the value.
/// </summary>
internal static class UnknownName
{
    /// <summary>How many faults of one request are reported. A request could hold thousands, and each costs a search.</summary>
    public const int MaxErrors = 32;

    private const int MaxLength = 64;

    public static InputError Member(string pointer, string name, IReadOnlyCollection<string> known)
    {
        var shown = Show(name);
        return new($"{pointer}/{shown.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}", "unknown_member", $"There is no such member. {Hint(shown, known)}");
    }

    public static InputError Parameter(ReadOnlySpan<char> name, IReadOnlyCollection<string> known)
    {
        var shown = Show(name);
        return new($"?{shown}", "unknown_parameter", $"There is no such parameter. {Hint(shown, known)}");
    }

    /// <summary>Of a parameter that takes names of a closed set.</summary>
    public static InputError Value(string parameter, ReadOnlySpan<char> value, IReadOnlyCollection<string> known) =>
        new($"?{parameter}", $"invalid_{parameter}", $"There is no such {parameter}. {Hint(Show(value), known)}");

    private static string Hint(string name, IReadOnlyCollection<string> known)
    {
        if (NearestName.Near(name, known) is { } near) return $"Did you mean {near}?";
        return known.Count == 0 ? "This call takes none." : $"Known: {string.Join(", ", known)}.";
    }

    /// <summary>Cut, and without what could steer a terminal or turn the direction of text: that comes back as U+FFFD.</summary>
    private static string Show(ReadOnlySpan<char> name)
    {
        var shown = new StringBuilder(MaxLength + 1);
        foreach (var rune in name.EnumerateRunes())
        {
            if (shown.Length >= MaxLength) return shown.Append('…').ToString();
            shown.Append(IsPlain(rune) ? rune : Rune.ReplacementChar);
        }

        return shown.ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
