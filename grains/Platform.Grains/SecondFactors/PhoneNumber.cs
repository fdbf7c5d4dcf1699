using PhoneNumbers;

namespace Platform.SecondFactors;

/// <summary>Numbers in E.164, checked against the numbering plans (libphonenumber): what no plan knows is refused, and so is what costs whoever is called or calls extra (toll fraud).</summary>
internal static class PhoneNumber
{
    private const int ShownDigits = 2;
    private const int MaxLength = 16;

    /// <summary>No country: the number must name its own.</summary>
    private const string NoRegion = "ZZ";

    public static readonly InputError Invalid = new("/phoneNumber", "invalid_phone_number", "Give a number in E.164 such as +4915112345678.");
    public static readonly InputError Premium = new("/phoneNumber", "premium_rate_number", "Numbers at premium rate or shared cost get no messages.");

    private static readonly PhoneNumberUtil Plans = PhoneNumberUtil.GetInstance();

    /// <summary>The one form in which a number is kept and called, such as without the trunk zero that some write after the country code.</summary>
    public static string? TryNormalise(string text, out InputError? error)
    {
        error = Invalid;
        if (text.Length is < 8 or > MaxLength || text[0] != '+' || text.AsSpan(1).ContainsAnyExceptInRange('0', '9')) return null;
        try
        {
            var number = Plans.Parse(text, NoRegion);
            if (!Plans.IsValidNumber(number)) return null;
            error = Plans.GetNumberType(number) is PhoneNumberType.PREMIUM_RATE or PhoneNumberType.SHARED_COST ? Premium : null;
            return error is null ? Plans.Format(number, PhoneNumberFormat.E164) : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    /// <summary>Enough for its owner to know which one it is.</summary>
    public static string Mask(string number) => "+" + new string('*', number.Length - 1 - ShownDigits) + number[^ShownDigits..];
}
