using Platform.Security;

namespace Platform.Tests.Security;

public sealed class PasswordPolicyTests
{
    [Theory]
    [InlineData("Tr0ub4dor&3xyz")]
    [InlineData("Grün-Haus_77 am See")]
    [InlineData("ЖукНаДереве-42")]
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

    private static string[] Codes(string password) => [.. PasswordPolicy.Check(password, "alice", "/password").Select(e => e.Code)];
}
