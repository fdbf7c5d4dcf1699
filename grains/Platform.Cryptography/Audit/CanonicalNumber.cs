using System.Globalization;

namespace Platform.Audit;

/// <summary>
/// Numbers in the one form that RFC 8785, 3.2.2.3 gives them: ECMAScript's Number::toString of the nearest IEEE 754 double. <c>1.0</c>, <c>10e-1</c> and <c>1</c> are one
/// number and have one form.
/// </summary>
public static class CanonicalNumber
{
    /// <summary>Above and below, ECMAScript writes an exponent.</summary>
    private const int LongestWhole = 21;
    private const int MostLeadingZeros = 6;

    /// <summary>Bounds the exponents that are added up; a double ends at 308.</summary>
    private const int MaxExponent = 1_000_000;

    /// <param name="json">A number as JSON has it. One beyond all doubles has no such form and stays as it is: <see cref="IsExact"/> keeps those out.</param>
    public static string Text(string json) => Parse(json) is var value && double.IsFinite(value) ? Text(value) : json;

    public static string Text(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "JSON has no such number.");
        // Shortest digits that give the same double, the nearest where there are several: what ECMAScript asks for.
        var (negative, digits, exponent) = Split(value.ToString("R", CultureInfo.InvariantCulture))!.Value;
        if (digits.Length == 0) return "0";
        var text = Write(digits, digits.Length + exponent);
        return negative ? "-" + text : text;
    }

    /// <summary>Whether the form means the very number that was written. 0.1 does, 9007199254740993 and 1e400 do not.</summary>
    /// <param name="json">A number as JSON has it.</param>
    public static bool IsExact(string json)
    {
        if (Split(json) is not { } written) return false;
        var value = Parse(json);
        if (!double.IsFinite(value) || Split(value.ToString("R", CultureInfo.InvariantCulture)) is not { } held) return false;
        return written.Digits == held.Digits && (written.Digits.Length == 0 || (written.Exponent == held.Exponent && written.Negative == held.Negative));
    }

    private static double Parse(string json) => double.Parse(json, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Digits without zeros at either end, times ten to the exponent; no digits for zero. Null for an exponent beyond all sense.</summary>
    private static (bool Negative, string Digits, int Exponent)? Split(string number)
    {
        var negative = number[0] == '-';
        var end = number.AsSpan().IndexOfAny('e', 'E');
        var mantissa = number[(negative ? 1 : 0)..(end < 0 ? number.Length : end)];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var all = point < 0 ? mantissa : mantissa.Remove(point, 1);
        var digits = all.TrimStart('0');
        if (digits.Length == 0) return (negative, "", 0);
        var exponent = 0;
        if (end >= 0 && (!int.TryParse(number.AsSpan(end + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs((long)exponent) > MaxExponent)) return null;
        exponent -= point < 0 ? 0 : mantissa.Length - point - 1;
        var trimmed = digits.TrimEnd('0');
        return (negative, trimmed, exponent + digits.Length - trimmed.Length);
    }

    /// <param name="digits">Without zeros at either end.</param>
    /// <param name="whole">How many digits stand before the point.</param>
    private static string Write(string digits, int whole)
    {
        if (whole is > 0 and <= LongestWhole) return digits.Length <= whole ? digits.PadRight(whole, '0') : $"{digits[..whole]}.{digits[whole..]}";
        if (whole is <= 0 and > -MostLeadingZeros) return $"0.{new string('0', -whole)}{digits}";
        var exponent = (whole - 1).ToString("+0;-0", CultureInfo.InvariantCulture);
        return digits.Length == 1 ? $"{digits}e{exponent}" : $"{digits[0]}.{digits[1..]}e{exponent}";
    }
}
