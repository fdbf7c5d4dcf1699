using System.Globalization;

namespace Platform.Text;

/// <summary>Whole numbers from outside in their one spelling: digits without a zero before them. The class library takes NULs at the end besides.</summary>
public static class WholeNumber
{
    public static bool TryParse(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        return text.Length > 0
            && text.IndexOfAnyExceptInRange('0', '9') < 0
            && (text.Length == 1 || text[0] != '0')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
