namespace Platform.SecondFactors;

/// <summary>Numbers in E.164: plus sign, country code and number, 7 to 15 digits. Whether one can be reached is known once its code comes back.</summary>
internal static class PhoneNumbers
{
    private const int ShownDigits = 2;

    public static readonly InputError Invalid = new("/phoneNumber", "invalid_phone_number", "Give a number in E.164 such as +4915112345678.");

    public static bool IsValid(string number) =>
        number.Length is >= 8 and <= 16 && number[0] == '+' && number[1] is >= '1' and <= '9' && number.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>Enough for its owner to know which one it is.</summary>
    public static string Mask(string number) => "+" + new string('*', number.Length - 1 - ShownDigits) + number[^ShownDigits..];
}
