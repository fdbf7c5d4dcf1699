namespace Platform.SecondFactors;

/// <summary>Codes as people type and paste them: in groups, as apps show them, and with the end of a line.</summary>
internal static class TypedCode
{
    /// <summary>Longer than any code with all its blanks; what is longer is none, and is not worked on.</summary>
    private const int MaxLength = 100;

    /// <summary>Without white space and hyphens. They tell no code from another, and a guess that fails for them would count.</summary>
    public static string Compact(string typed) => typed.Length > MaxLength || !typed.Any(IsSeparator) ? typed : string.Concat(typed.Where(c => !IsSeparator(c)));

    /// <summary>Phones put the hyphens of typography in the place of that of ASCII.</summary>
    private static bool IsSeparator(char c) => char.IsWhiteSpace(c) || c is '-' or '\u2010' or '\u2011';
}
