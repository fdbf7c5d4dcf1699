using Platform.Security;

namespace Platform.Grains.Tests.Security;

public sealed class PasswordPolicyTests
{
    [Theory]
    [InlineData("Tr0ub4dor&3xyz")]
    [InlineData("Grün-Haus_77 am See")]
    [InlineData("ЖукНаДереве-42")]
    [InlineData("Kiwi-Tram-2024")]
    [InlineData("Habour@831x")]
    [InlineData("Glockenblume-1357")]
    [InlineData("Xq7!vT2#")]
    public void Check_GoodPassword_HasNoUnmetRule(string password) => Codes(password).ShouldBeEmpty();

    [Theory]
    [InlineData("Aa1-xyz", "too_short")]
    [InlineData("quiet-harbour-71", "no_upper")]
    [InlineData("QUIET-HARBOUR-71", "no_lower")]
    [InlineData("Quiet-Harbour", "no_digit")]
    [InlineData("QuietHarbour71", "no_symbol")]
    [InlineData("Quiet-aLiCe-71", "contains_username")]
    [InlineData("P@ssw0rd1!", "common_password")]
    [InlineData("Summer2024!", "common_password")]
    [InlineData("Qwerty123!", "common_password")]
    [InlineData("!Welcome01", "common_password")]
    [InlineData("Ind1a@123", "common_password")]
    [InlineData("Thorax@2019", "common_password")]
    [InlineData("@@Arable_321", "common_password")]
    [InlineData("Adjectives.1212", "common_password")]
    [InlineData("Ab!12345", "common_password")]
    [InlineData("123456789@Dragon!", "common_password")]
    [InlineData("January-831", "common_password")]
    [InlineData("Jennifer_831", "common_password")]
    [InlineData("831.Germany", "common_password")]
    [InlineData("Happy#831", "common_password")]
    public void Check_OneRuleBroken_NamesExactlyIt(string password, string code) => Codes(password).ShouldBe([code]);

    [Fact]
    public void Check_SeveralRulesBroken_NamesEach() => Codes("abc").ShouldBe(["too_short", "no_upper", "no_digit", "no_symbol", "common_password"]);

    [Fact]
    public void Check_Length_CountsCodePointsUpTo256()
    {
        Codes("Aa1-" + string.Concat(Enumerable.Repeat("🐧", 252))).ShouldBeEmpty();
        Codes("Aa1-" + string.Concat(Enumerable.Repeat("🐧", 253))).ShouldBe(["too_long"]);
    }

    [Fact, Trait("Threat", "T13")]
    public void Normalise_ComposedAndDecomposed_AreOnePassword() => PasswordPolicy.Normalise("Gru\u0308n").ShouldBe(PasswordPolicy.Normalise("Gr\u00fcn"));

    [Fact]
    public void Normalise_LoneSurrogate_IsTakenAsItIs() => PasswordPolicy.Normalise("a" + (char)0xD800).ShouldBe("a" + (char)0xD800);

    /// <summary>All that meet the composition rules of the lists of the 200 most common passwords that were published for 2023 to 2025.</summary>
    [Theory, Trait("Threat", "T13")]
    [MemberData(nameof(Published))]
    public void Check_AmongThePublishedMostCommon_IsRefused(string password) => Codes(password).ShouldBe(["common_password"]);

    public static TheoryData<string> Published => new(
    [
        "P@ssw0rd", "Pass@123", "Aa@123456", "Admin@123", "Demo@123", "Aa123456@", "Abcd@1234", "Password@123", "Abcd@123", "Welcome@123", "Pass@1234", "India@123", "Kumar@123",
        "123456aA@", "Test@123", "Abc@1234", "P@55w0rd", "P@$$w0rd", "Qwerty123!", "Qwerty1!", "Qwerty1?", "Qwerty123?", "Global123@", "Abc@12345", "Pass@12345", "Aa@12345", "Aa@1234567", "Admin@1234", "Qwerty@123",
        "Aa@123456789", "Abcd1234@", "Password@1",
    ]);

    [Fact]
    public void Check_RandomPasswords_AreNearlyNeverTakenForCommon()
    {
        var random = new Random(67);
        const string Characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&()*+-./:;<=>?@[]_{|}~";

        var refused = Enumerable.Range(0, 100_000).Select(_ => new string(random.GetItems<char>(Characters, 10))).Where(password => Codes(password).Contains("common_password")).ToArray();

        refused.Length.ShouldBeLessThan(20, string.Join(' ', refused.Take(20)));
    }

    private static string[] Codes(string password) => [.. PasswordPolicy.Check(password, "alice", "/password").Select(e => e.Code)];
}
