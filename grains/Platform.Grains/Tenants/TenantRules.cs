using System.Globalization;

namespace Platform.Tenants;

/// <summary>What a tenant's slug and name may be.</summary>
internal static class TenantRules
{
    private const int MaxNameLength = 200;

    public static IEnumerable<InputError> Check(string slug, string name)
    {
        if (!Slugs.IsValid(slug))
        {
            yield return new InputError("/slug", "invalid_slug", "Use 2 to 63 characters of a-z, 0-9 and hyphen, beginning with a letter and not ending with a hyphen.");
        }

        if (name.Length is 0 or > MaxNameLength || name.Any(IsInvisible) || string.IsNullOrWhiteSpace(name))
        {
            yield return new InputError("/name", "invalid_name", $"Use 1 to {MaxNameLength} visible characters.");
        }
    }

    private static bool IsInvisible(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
